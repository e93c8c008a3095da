"""Runs one study and prints its page; `--write` writes it to docs/studies/NAME.md.

`python -m studies peeking --write`. A study is a module of this package with `run() -> str`, which
returns the page in Markdown: what was simulated, with which seed, and what came out.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

FOLDER = Path(__file__).parent
PAGES = FOLDER.parent / "docs" / "studies"


def names() -> list[str]:
    """Every study there is."""
    return sorted(m.name for m in iter_modules([str(FOLDER)]) if not m.name.startswith("_"))


def main(arguments: list[str]) -> None:
    """Run the study named."""
    chosen = [argument for argument in arguments if argument != "--write"]
    if len(chosen) != 1 or chosen[0] not in names():
        sys.exit(f"usage: python -m studies NAME [--write]; there are {', '.join(names())}")
    page = import_module(f"studies.{chosen[0]}").run()
    print(page)
    if "--write" in arguments:
        PAGES.mkdir(parents=True, exist_ok=True)
        (PAGES / f"{chosen[0]}.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
