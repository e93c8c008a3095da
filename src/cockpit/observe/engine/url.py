"""The URL of an engine: what may stand in one, what is shown of it, and its secrets.

A password is written as ${NAME} and taken from the environment, so that no file holds one.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from cockpit.records import BadInput
from cockpit.text import inert

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECRET = re.compile(r"pass|pwd|secret|token|key|auth|credential", re.IGNORECASE)


class Filled(NamedTuple):
    """A URL with the values of its variables, and those values as they may turn up in an error."""

    url: str
    secrets: tuple[str, ...]


def check_url(url: str) -> None:
    """Raises BadInput where a password or token stands in the URL itself."""
    scheme = url.partition("://")[0]
    try:
        parts = urlsplit(_VARIABLE.sub("0", url))
        _ = parts.port  # a password with a slash in it looks like one
        stray = scheme != "duckdb" and "@" in parts.path + parts.query + parts.fragment
    except ValueError:
        stray = True
    if stray:
        raise BadInput(f"ibis: '{inert(scheme, 40)}://…' is no URL; write ${{NAME}} for a password")
    parts = urlsplit(url)
    given = [parts.password or "", *(v for k, v in parse_qsl(parts.query) if _SECRET.search(k))]
    if any(word and not _VARIABLE.fullmatch(word) for word in given):
        raise BadInput(
            "ibis: a password does not belong in a file that is kept; write ${NAME} for it, and "
            "set that variable where cockpit runs"
        )


def shown(url: str) -> str:
    """A URL as people may read it: the file, or the host alone."""
    scheme, _, rest = url.partition("://")
    where = rest if scheme == "duckdb" else urlsplit(url).hostname or ""
    return f"{scheme}://{inert(where.partition('?')[0], 200)}"


def filled(url: str) -> Filled:
    """The URL with every ${NAME} replaced. Raises BadInput where the environment lacks one."""
    secrets = set()
    for name in _VARIABLE.findall(url):
        value = os.environ.get(name)
        if value is None:
            raise BadInput(f"ibis: the environment has no variable {inert(name, 80)}")
        quoted = quote(value, safe="")
        url = url.replace(f"${{{name}}}", quoted)
        secrets |= {value, quoted}
    return Filled(url, tuple(sorted(secrets - {""}, key=len, reverse=True)))
