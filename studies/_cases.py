"""What a case of the coverage study is: one interval at one setting whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from numpy.random import Generator

LEAST = 0.92  # what a nominal 95 % must cover
LEAST_HARD = 0.88  # segments and ECE, whose truth is not one number of one sample


class Interval(NamedTuple):
    """What should be held, and the ends that should hold it; a null end is unbounded."""

    truth: float
    low: float | None
    high: float | None


class Ends(Protocol):
    """A Measurement, a Difference or a Divergence."""

    @property
    def low(self) -> float | None: ...

    @property
    def high(self) -> float | None: ...


@dataclass(frozen=True)
class Case:
    """One interval at one setting: `draw` samples it once and asks the package."""

    figure: str
    setting: str
    draw: Callable[[Generator], list[Interval]]
    least: float = LEAST  # 0 for a setting beyond what is promised: shown, because it occurs
    cost: int = 1  # how many times fewer runs it gets, being slow

    @property
    def name(self) -> str:
        """'AUC, 0.97, 30 positives of 1,000'."""
        return f"{self.figure}, {self.setting}"


def one(truth: float, found: Ends | None) -> list[Interval]:
    """The interval of one figure; of none, neither end."""
    if found is None:
        return [Interval(truth, None, None)]
    return [Interval(truth, found.low, found.high)]
