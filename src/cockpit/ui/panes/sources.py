"""What fails of a running system's sources, said in those panes alone that rest on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cockpit.ui.rows import Row, words
from cockpit.units import clock_near, duration
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
_MOST = 2  # lines a pane gives to what fails


def whole(name: str) -> str:
    """The source that a part belongs to: 'metrics' of 'metrics/latency_p99'."""
    return name.partition("/")[0]


def parts_of(name: str) -> tuple[Part, ...]:
    """What rests on a source."""
    return _RESTS.get(whole(name).partition("[")[0], _METRICS)


def since(state: SourceState, at: int) -> str:
    """'since 02:51 (40 s)'."""
    return f"since {clock_near(state.since, at)} ({duration(max(0, at - state.since))})"


def sentence_of(state: SourceState, at: int) -> str:
    """'metrics: connection refused since 02:51 (40 s)'."""
    return f"{state.name}: {state.cause or 'no answer'} {since(state, at)}"


def failures(view: View, part: Part) -> list[str]:
    """A sentence for each source that fails under a part of the screen, those of longest first."""
    by_source: dict[str, list[SourceState]] = {}
    for state in sorted(view.sources, key=lambda s: s.since):
        if state.failing and part in parts_of(state.name):
            by_source.setdefault(whole(state.name), []).append(state)
    return [_together(name, states, view.at) for name, states in by_source.items()]


def _together(name: str, states: Sequence[SourceState], at: int) -> str:
    """One sentence for a source: that of all of it, of its one part, or how many parts fail."""
    entire = next((state for state in states if state.name == name), None)
    if entire is not None or len(states) == 1:
        return sentence_of(entire or states[0], at)
    return f"{name}: {len(states)} of its figures fail {since(states[0], at)}; :sources lists them"


def rows(view: View, part: Part, cells: int) -> list[Row]:
    """What fails, as the first lines of a pane; nothing where all is well."""
    told = failures(view, part)
    more = len(told) - _MOST
    if more > 0:
        told = [*told[: _MOST - 1], f"{more + 1} more sources fail; :sources lists them"]
    return [row for text in told for row in words(text, cells, _MOST, "watch")]


def counted(view: View) -> str:
    """'1 source fails', for the status line; "" where all is well."""
    names = {state.name for state in view.sources if state.failing}
    count = len({whole(name) for name in names})
    if not count:
        return ""
    text = "1 source fails" if count == 1 else f"{count} sources fail"
    return text if any("/" not in name for name in names) else f"{text} in part"


def waiting(view: View, part: Part) -> str:
    """What an empty pane of a running system waits for; "" where nothing is being asked."""
    asked = [s.name for s in view.sources if part in parts_of(s.name) and "/" not in s.name]
    if not asked or any(s.failing for s in view.sources if s.name in asked):
        return ""
    return f"Waiting for the first figures of this window: asking {', '.join(asked)}."
