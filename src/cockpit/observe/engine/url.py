"""The URL of an engine: what is shown of it, and its secrets filled in from the environment."""

from __future__ import annotations

import os
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from cockpit.config.engine_url import VARIABLE
from cockpit.records import BadInput
from cockpit.text import inert


class Filled(NamedTuple):
    """A URL with the values of its variables, and those values as they may turn up in an error."""

    url: str
    secrets: tuple[str, ...]


def shown(url: str) -> str:
    """A URL as people may read it: the file, or the host alone."""
    scheme, _, rest = url.partition("://")
    where = rest if scheme == "duckdb" else urlsplit(url).hostname or ""
    return f"{scheme}://{inert(where.partition('?')[0], 200)}"


def filled(url: str) -> Filled:
    """The URL with every ${NAME} replaced. Raises BadInput where the environment lacks one."""
    secrets = set()
    for name in VARIABLE.findall(url):
        value = os.environ.get(name)
        if value is None:
            raise BadInput(f"ibis: the environment has no variable {inert(name, 80)}")
        quoted = quote(value, safe="")
        url = url.replace(f"${{{name}}}", quoted)
        secrets |= {value, quoted}
    return Filled(url, tuple(sorted(secrets - {""}, key=len, reverse=True)))
