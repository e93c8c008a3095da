"""The pages and the parts of them that are written by `make docs`, between two markers.

A part begins with `<!-- make NAME: ARGUMENTS -->` and ends with `<!-- made -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from docs.make import examples, reference, taken

ROOT = Path(__file__).resolve().parents[2]

MAKERS: dict[str, Callable[[str], str]] = {
    "keys": reference.keys,
    "commands": reference.commands,
    "settings": reference.settings,
    "run": examples.run,
    "json": examples.json_of,
    "imported": examples.imported,
    "checked": examples.checked,
    "refused": examples.refused,
    "belief by hand": examples.belief_by_hand,
    "by hand": examples.by_hand,
    "ratios": taken.ratios,
    "defaults": taken.defaults,
    "levels": taken.levels,
    "facts": taken.facts,
}

_PART = re.compile(r"<!-- make ([\w ]+?)(?:: (.*?))? -->\n.*?<!-- made -->", re.DOTALL)


def every() -> list[Path]:
    """All pages."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def current(page: Path) -> str:
    """The text of a page with its generated parts as the code has them now."""
    return _PART.sub(_made, page.read_text(encoding="utf-8"))


def _made(part: re.Match[str]) -> str:
    name, arguments = part[1], part[2] or ""
    start = f"<!-- make {name}: {arguments} -->" if arguments else f"<!-- make {name} -->"
    return f"{start}\n{MAKERS[name](arguments).rstrip()}\n<!-- made -->"
