"""One line of a feed as an event: the fields and rules of `import --events`, and bounded words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cockpit.observe.events_file import event_of, fields_of
from cockpit.records import MINUTE, BadInput
from cockpit.text import inert
from cockpit.units import iso

if TYPE_CHECKING:
    from cockpit.observe.events_file import RecordedEvent

LONGEST_LINE = 64 << 10  # bytes
_LONGEST_TEXT = 2_000
_AHEAD = 5 * MINUTE  # how far another machine's clock may be ahead of ours
_MOST_NAMED = 5  # bad lines, one by one


def event_in(line: bytes, place: str, defaults: Mapping[str, str], now: int) -> RecordedEvent:
    """The event of one JSON line; what it leaves out is as `defaults` say.

    Raises BadInput that begins with `place`, also for a time later than `now` (µs).
    """
    if len(line) > LONGEST_LINE:
        raise BadInput(f"{place}: longer than {LONGEST_LINE >> 10} kB; cut its text")
    event = event_of({**defaults, **fields_of(line, place)}, place)
    if event.at > now + _AHEAD:
        raise BadInput(f"{place}: time: {iso(event.at)} is still to come; set the clock right")
    data = {name: inert(word) for name, word in event.data.items()}
    return event._replace(text=inert(event.text, _LONGEST_TEXT), data=data)


def events_in(
    lines: Iterable[tuple[str, bytes]], defaults: Mapping[str, str], now: int
) -> tuple[list[RecordedEvent], dict[str, str]]:
    """The events of lines, each with its place, and why others are none, by their places."""
    events, bad = [], {}
    for place, line in lines:
        try:
            events.append(event_in(line, place, defaults, now))
        except BadInput as error:
            bad[place] = str(error).removeprefix(f"{place}: ")
    return events, _few(bad)


def _few(bad: dict[str, str]) -> dict[str, str]:
    """The first few; how many more there are stands with the last of them."""
    few = dict(list(bad.items())[:_MOST_NAMED])
    if len(bad) > len(few):
        last = next(reversed(few))
        few[last] += f"; and {len(bad) - len(few):,} more lines are no events"
    return few
