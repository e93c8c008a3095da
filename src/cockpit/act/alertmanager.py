"""Silences of an Alertmanager: what would be sent is shown first, and sent when it is agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote

import msgspec

from cockpit.records import BadInput, Refused
from cockpit.silence import Matcher, Silence, parse_matchers
from cockpit.text import inert
from cockpit.units import iso

_LONGEST_COMMENT = 1_000
_MOST_ALERTS = 20  # that a preview names


class Server(Protocol):
    """What sends a request to an Alertmanager, once, and gives its answer."""

    async def change(self, method: str, path: str, json: object = None) -> bytes:
        """The body of the answer; raises what the connection raises."""
        ...


class _Made(msgspec.Struct):
    id: str = msgspec.field(name="silenceID")


def matchers_of(alert: str, service: Sequence[str]) -> list[Matcher]:
    """Which alerts are meant: those of a name, or those that matchers given as text select.

    An alert's name means that of the service alone, whose matchers are `service`. Raises BadInput.
    """
    alert = alert.strip()
    if not alert:
        raise Refused("say which alert: its name, or matchers like region=BR")
    if any(sign in alert for sign in '={}~"'):
        return parse_matchers(alert)
    return [
        Matcher(name="alertname", value=alert),
        *(matcher for text in service for matcher in parse_matchers(text)),
    ]


def preview(
    matchers: list[Matcher],
    alerts: Sequence[str],
    *,
    at: int,
    length: int,
    author: str,
    comment: str,
) -> Silence:
    """The silence that would be sent at `at` for `length` µs; `alerts` fire now and match.

    Raises Refused for one of no length, without a reason, or of every alert.
    """
    if length <= 0:
        raise Refused("a silence takes a length of time; give one like 1h or 30m")
    if not comment.strip():
        raise Refused("a silence takes a reason; say in a few words why")
    if not matchers:
        raise Refused("this would silence every alert; name one, or give a matcher like region=BR")
    return Silence(
        matchers=matchers,
        starts_at=at,
        ends_at=at + length,
        author=inert(author),
        comment=inert(comment.strip(), _LONGEST_COMMENT),
        alerts=list(alerts[:_MOST_ALERTS]),
        count=len(alerts),
    )


def body(silence: Silence) -> dict[str, object]:
    """The silence as version 2 of the API takes it: all of what is sent."""
    return {
        "matchers": [
            {"name": m.name, "value": m.value, "isRegex": m.is_regex, "isEqual": m.is_equal}
            for m in silence.matchers
        ],
        "startsAt": iso(silence.starts_at),
        "endsAt": iso(silence.ends_at),
        "createdBy": silence.author,
        "comment": silence.comment,
    }


async def make(server: Server, silence: Silence) -> Silence:
    """Send a silence; the same with its id. Raises BadInput where the answer names none."""
    answer = await server.change("POST", "/api/v2/silences", body(silence))
    try:
        made = msgspec.json.decode(answer, type=_Made)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadInput("its answer names no silence: look whether it has it") from None
    return msgspec.structs.replace(silence, id=inert(made.id))


async def expire(server: Server, silence: Silence) -> None:
    """End a silence now."""
    await server.change("DELETE", f"/api/v2/silence/{quote(silence.id, safe='')}")
