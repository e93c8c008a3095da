"""What to do about a cause, by the words in which a source tells it."""

from __future__ import annotations

_MENDS = {
    "connection refused": "start it, or mend its address",
    "name not found": "mend the host in its address",
    "cannot be reached": "mend its address, or the network between",
    "certificate not trusted": "name the authority's file: auth: {authority: FILE}",
    "no TLS with it": "write http:// where it speaks no TLS",
    "HTTP 401": "name who we are: auth: {bearer: {env: NAME}}",
    "HTTP 403": "allow this user or token to read there",
    "HTTP 404": "add the path below which its API lies to the address",
    "an HTML page": "name the address of its API, not of a page or a login before it",
    "not JSON": "name the address of its API",
    "no answer of a Prometheus": "name the address of its API",
    "no answer within": "look at how busy it is, and at the network between",
    "is not set": "set it where cockpit runs",
    "no such file": "write it, or mend the path",
    "No such file": "write it, or mend the path",
    "no file of rows yet": "wait for the first, or mend the path",
    "is not there": "mend the map, or what writes the log",
    "Permission denied": "let the user that cockpit runs as read it",
    "parse error": "mend the query",
    "bad_data": "mend the query",
    "redirects to": "name the address to which it leads",
}


def mend_of(cause: str) -> str:
    """What to do; for a cause that is not known, where to look."""
    found = (mend for words, mend in _MENDS.items() if words in cause)
    return next(found, "mend what it says")
