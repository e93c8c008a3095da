"""What fails of a running system's sources, said in those panes alone that rest on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from cockpit.records import MINUTE, Estimate
from cockpit.ui.rows import Row, words
from cockpit.units import clock, clock_near, duration
from cockpit.views import SourceState, View

Part = Literal["model", "infra", "changes", "questions"]

# By the names of the configuration; any other name is that of a server of metrics.
_RESTS: dict[str, tuple[Part, ...]] = {
    "predictions": ("model", "infra"),
    "alerts": ("changes", "questions"),
    "changes": ("changes", "questions"),
    "reports": ("changes", "questions"),
}
_METRICS: tuple[Part, ...] = ("infra",)
_BEGINS = 2 * MINUTE  # so long nothing may have come yet
_MOST = 2  # sentences a pane gives to what fails


def whole(name: str) -> str:
    """The source that a part belongs to: 'metrics' of 'metrics/latency_p99'."""
    return name.partition("/")[0]


def parts_of(name: str) -> tuple[Part, ...]:
    """What rests on a source."""
    return _RESTS.get(whole(name).partition("[")[0], _METRICS)


def since(state: SourceState, at: int) -> str:
    """'since 02:51 (40 s)'."""
    return f"since {clock_near(state.since, at)} ({duration(max(0, at - state.since))})"


def failures(view: View, part: Part) -> list[str]:
    """'metrics: connection refused since 02:51 (40 s)', for each cause under a part of the screen.

    What fails longest is the first; sources that fail alike since the same minute share one.
    """
    told: dict[tuple[str, str], list[str]] = {}
    began: dict[tuple[str, str], str] = {}
    for name, state in _under(view, part):
        alike = (state.cause, clock(state.since))
        told.setdefault(alike, []).append(name)
        began.setdefault(alike, since(state, view.at))
    return [
        f"{', '.join(names)}: {alike[0] or 'no answer'} {began[alike]}"
        for alike, names in told.items()
    ]


def _under(view: View, part: Part) -> list[tuple[str, SourceState]]:
    """What fails under a part of the screen, by source: all of it, its one part, or how many."""
    by_source: dict[str, list[SourceState]] = {}
    for state in sorted(view.sources, key=lambda s: s.since):
        if state.failing and part in parts_of(state.name):
            by_source.setdefault(whole(state.name), []).append(state)
    found = []
    for name, states in by_source.items():
        entire = next((state for state in states if state.name == name), None)
        if entire is None and len(states) > 1:
            found.append((f"{len(states)} figures of {name}", states[0]))
        else:
            state = entire or states[0]
            found.append((state.name, state))
    return found


def rows(view: View, part: Part, cells: int) -> list[Row]:
    """What fails, as the first lines of a pane; nothing where all is well."""
    told = failures(view, part)
    more = len(told) - _MOST
    if more > 0:
        told = [*told[: _MOST - 1], f"and {more + 1} more causes; :sources lists them"]
    return [row for text in told for row in words(text, cells, 3, "watch")]


def counted(view: View) -> str:
    """'1 source fails', for the status line; "" where all is well."""
    names = {state.name for state in view.sources if state.failing}
    count = len({whole(name) for name in names})
    if not count:
        return ""
    text = "1 source fails" if count == 1 else f"{count} sources fail"
    return text if any("/" not in name for name in names) else f"{text} in part"


def waiting(view: View, part: Part, measured: Iterable[Estimate]) -> str:
    """What a part waits for in the first minutes of a recording, before anything is `measured`.

    "" later, and where a source fails: that is said instead.
    """
    begins = view.span.end - view.span.start < _BEGINS
    if not begins or failures(view, part) or any(estimate.value for estimate in measured):
        return ""
    asked = [s.name for s in view.sources if part in parts_of(s.name)]
    told = f": asking {', '.join(asked)}" if asked else ""
    return f"Waiting for the first figures{told}."
