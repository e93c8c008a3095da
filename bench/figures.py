"""What a benchmark hands over: one line of the table in docs/performance.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured figure beside its reference from the same run, and the goal it is held to."""

    what: str
    measured: str
    reference: str  # what it stands beside, and the figure of that
    goal: str = ""  # empty where there is none
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """'met', 'not met', or nothing where there is no goal."""
        return {True: "met", False: "not met", None: ""}[self.met]


def milliseconds(seconds: float) -> str:
    """'412 ms'."""
    return f"{seconds * 1e3:,.0f} ms"


def percentile(values: list[float], share: float) -> float:
    """The smallest value that `share` of them do not exceed."""
    ranked = sorted(values)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)]
