"""What a live source is: something that is asked now and then, and tells what it found since.

A source keeps nothing of its own that matters: where it goes on is its mark, which the recorder
keeps in the same transaction as what was found. Whatever is lost with a process is found again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cockpit.observe.events_file import RecordedEvent
    from cockpit.records import Counts, Window


class SourceFailed(Exception):
    """A source could not be asked, or what it said is no answer; a few words, made inert.

    "connection refused", "no answer within 5 s", "HTTP 500", "an HTML page", "half an answer".
    """


class Asked(NamedTuple):
    """One question: what has been found since `mark`."""

    now: int  # µs: nothing later is of interest
    mark: str  # as the last answer that was kept gave it; "" at the first start
    closing: bool  # the last question before a slow bucket closes: what waited for it is handed on


@dataclass(frozen=True)
class Found:
    """What a source found. Rows are stamped with when they were seen (`observed`) by the recorder.

    `counts` may hold any of `tables.TABLES` and SERIES, several of one table too. Their `observed`,
    and the events' `observed_at`, say when they could be known: who records the past goes by that.
    """

    mark: str  # from where to go on; kept with the rest, or not at all
    counts: list[Counts] = field(default_factory=list)
    events: list[RecordedEvent] = field(default_factory=list)
    # parts of the source that could not be had, each with a few words: {"latency_p99": "HTTP 422"}
    failing: dict[str, str] = field(default_factory=dict)
    # everything that happened before this time (µs) has been told by now; None where the source
    # tells of events alone
    until: int | None = None


class Source(Protocol):
    """A place where facts come from, asked every `every` µs; one question at a time."""

    name: str  # as in the configuration: metrics, predictions, alerts, changes[0] …
    every: int
    after: int  # it is asked so many µs after each whole multiple of `every`
    counts: bool  # whether it tells of requests: traffic, latency, decisions

    async def ask(self, asked: Asked) -> Found:
        """What is new since the mark. Raises SourceFailed; it is then asked again, later each time.

        An answer may be partial: `failing` says what is missing. It must come back within some
        seconds: what takes longer is found piece by piece, a mark for each.
        """
        ...

    def earlier(self, window: Window) -> AsyncIterator[Found]:
        """What happened in a window before the first question, the newest first, in pieces.

        Called once, when a recording begins; questions come between its pieces, whose marks are not
        kept. A source that has no past yields nothing.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and files."""
        ...
