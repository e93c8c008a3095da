"""What studies share: tables in Markdown, runs a few at a time, when each first alarmed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_AT_ONCE = 50  # runs in memory


def batches(runs: int) -> Iterator[int]:
    """How many runs to make at once, until all are made."""
    for begin in range(0, runs, _AT_ONCE):
        yield min(_AT_ONCE, runs - begin)


def first(alarm: Bools) -> Floats:
    """The step (from 1) of the first alarm of each run, shape (runs,); infinite where none is."""
    steps = np.arange(1.0, alarm.shape[-1] + 1)
    return np.asarray(np.min(np.where(alarm, steps, np.inf), axis=-1, initial=np.inf))


def share_of(alarms: Floats) -> str:
    """In how many runs there was an alarm: '2.5 %'."""
    return f"{100 * np.isfinite(alarms).mean():.1f} %"


def median_of(alarms: Floats, unit: str) -> str:
    """Until when half and nine of ten runs had an alarm: '24 s (9 of 10 within 51 s)'."""
    half, most = (float(np.quantile(alarms, q, method="lower")) for q in (0.5, 0.9))
    return f"{half:.0f} {unit} (9 of 10 within {most:.0f} {unit})"


def head(*names: str) -> list[str]:
    """The first two lines of a table."""
    return [row(*names), row(*("---" for _ in names))]


def row(*cells: str) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"
