"""A first configuration, from what is there: the door of `cockpit init` to `observe`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from cockpit.brief.export import write_text
from cockpit.config import Config, check
from cockpit.observe.start.looking import Named, look
from cockpit.observe.start.rendering import rendered
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import load

__all__ = ["Named", "Started", "start"]

_OPENING = (
    "Written by `cockpit init` from what it found. It is yours now: change what is not so.",
    "Every key: `cockpit check --effective`, and docs/configuration.md.",
)


class Started(NamedTuple):
    """What was written, and what was found and not; each a line that is inert."""

    path: Path
    found: list[str]
    missing: list[str]


def start(named: Named, output: Path, *, force: bool) -> Started:
    """Look, and write a configuration whole. Raises BadInput, also where the file is there."""
    if not force and output.exists():
        raise BadInput(f"{inert(output)}: is there already; name another, or --force replaces it")
    proposal = asyncio.run(look(named))
    text = rendered(proposal, _OPENING)
    load(text, Config, where=inert(output.name), check=check)
    path = write_text(output, text)
    found = [inert(line, 500) for line in proposal.found]
    return Started(path, found, [inert(each.line(), 500) for each in proposal.missing])
