"""What may stand in the URL of an engine: no password, which is written as ${NAME}."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from cockpit.records import BadInput
from cockpit.text import inert

VARIABLE = re.compile(r"\$\{(\w+)\}")  # of the environment
_SECRET = re.compile(r"pass|pwd|secret|token|key|auth|credential", re.IGNORECASE)


def check_url(url: str) -> None:
    """Raises BadInput where a password or token stands in the URL itself."""
    scheme = url.partition("://")[0]
    try:
        parts = urlsplit(VARIABLE.sub("0", url))
        _ = parts.port  # a password with a slash in it looks like one
        stray = scheme != "duckdb" and "@" in parts.path + parts.query + parts.fragment
    except ValueError:
        stray = True
    if stray:
        raise BadInput(f"'{inert(scheme, 40)}://…' is no URL; write ${{NAME}} for a password")
    parts = urlsplit(url)
    given = [parts.password or "", *(v for k, v in parse_qsl(parts.query) if _SECRET.search(k))]
    if any(word and not VARIABLE.fullmatch(word) for word in given):
        raise BadInput(
            "a password does not belong in a file that is kept; write ${NAME} for it, and "
            "set that variable where cockpit runs"
        )
