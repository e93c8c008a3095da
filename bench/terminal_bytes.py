"""What goes over the wire: bytes and processor time each second, in a replay and at rest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure
from bench.first_paint import USEFUL
from bench.harness import COCKPIT, SAMPLE, environment, script
from bench.terminal import Terminal

REPLAY_SECONDS, IDLE_SECONDS = 30.0, 10.0
SETTLING_SECONDS = 5.0  # the first live view arrives in them
MOST_IN_REPLAY = 2_000  # bytes a second


class Use(NamedTuple):
    """What a program used each second."""

    bytes: float
    processor: float  # share of one core

    def __str__(self) -> str:
        return f"{self.bytes:,.0f} B/s, {self.processor:.1%} of a core"


def measure(folder: Path) -> list[Figure]:
    """A replay at its own speed and one that is paused, beside Textual programs that do least."""
    variables = environment(folder)
    replay = [*COCKPIT, "replay", str(SAMPLE), "--fresh"]
    playing = _use(replay, variables, USEFUL, REPLAY_SECONDS)
    clock = _use(script("clock_app.py"), variables, ("ready",), REPLAY_SECONDS)
    paused = _use([*replay, "--paused"], variables, USEFUL, IDLE_SECONDS)
    bare = _use(script("bare_app.py"), variables, ("ready",), IDLE_SECONDS)
    return [
        Figure(
            what="to the terminal in a replay at 1×",
            measured=str(playing),
            reference=f"Textual clock that ticks each second: {clock}",
            goal=f"≤ {MOST_IN_REPLAY:,} B/s",
            met=playing.bytes <= MOST_IN_REPLAY,
        ),
        Figure(
            what="to the terminal while paused",
            measured=str(paused),
            reference=f"bare Textual Header + Static + Footer: {bare}",
            goal="0 B/s",
            met=paused.bytes == 0,
        ),
    ]


def _use(
    command: Sequence[str], variables: dict[str, str], readable: Sequence[str], seconds: float
) -> Use:
    with Terminal(command, variables) as shown:
        shown.seconds_until(lambda text: all(word in text for word in readable))
        shown.listen(SETTLING_SECONDS)
        before = shown.processor_seconds()
        received = shown.listen(seconds)
        return Use(received / seconds, (shown.processor_seconds() - before) / seconds)
