"""A measured number before it becomes an `Estimate`: value, interval, rows, or why not."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEVEL = 0.95  # nominal coverage of every interval
Z = 1.959963984540054  # the normal quantile that belongs to it


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """`value` is null exactly when `reason` says why. A null end of the interval is unbounded."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    n: int = 0
    n_pos: int | None = None
    note: str = ""  # what a reader should know of the number, a few words

    def map(self, a: float, b: float = 0.0) -> Measurement:
        """a·x + b of the value and both ends, a > 0."""
        value, low, high = (None if x is None else a * x + b for x in self.interval)
        return replace(self, value=value, low=low, high=high)

    @property
    def interval(self) -> tuple[float | None, float | None, float | None]:
        """Value, low, high."""
        return self.value, self.low, self.high


def unmeasured(reason: str, n: int = 0, n_pos: int | None = None) -> Measurement:
    """No number, and why."""
    return Measurement(reason=reason, n=n, n_pos=n_pos)
