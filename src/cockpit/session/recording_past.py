"""Recording an outage that is over: the command's door to `observe.past`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.observe.past.recording import PastRequest
from cockpit.observe.past.recording import record_past as run
from cockpit.records import DAY, BadInput, Window, naming
from cockpit.session.files import leave_first_view
from cockpit.session.recording import documents_of
from cockpit.session.settings import state_folder
from cockpit.units import iso, parse_instant

if TYPE_CHECKING:
    from cockpit.services import ServiceConfig

__all__ = ["record_past", "window_of"]

_LONGEST = 7 * DAY


def window_of(start: str, end: str | None, now: int) -> Window:
    """From --from to --to, by clock or in full; without --to, to now (µs). Raises BadInput."""
    with naming("--to"):
        last = now if end is None else parse_instant(end, near=now)
        if last > now:
            raise BadInput(f"{iso(last)} is still to come; now is {iso(now)}")
    with naming("--from"):
        first = parse_instant(start, near=last)
        if first >= last:
            raise BadInput(f"{iso(first)} is not before {iso(last)}")
        if last - first > _LONGEST:
            raise BadInput(f"longer than {_LONGEST // DAY} days until {iso(last)}; record a part")
    return Window(start=first, end=last)


def record_past(
    service: ServiceConfig,
    window: Window,
    output: Path,
    *,
    without: frozenset[str],
    force: bool,
    progress: Callable[[str, int, int], None] | None,
) -> list[str]:
    """Record, and return the lines of the report: what was found, and what could not be had."""
    request = PastRequest(
        service=service,
        window=window,
        output=output,
        state_folder=state_folder(),
        without=without,
        documents=documents_of(service),
        force=force,
    )
    return run(request, progress, before_finish=leave_first_view).lines()
