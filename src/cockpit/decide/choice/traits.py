"""What sets an option apart besides its harm: exposure, how soon it works, and what undoes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """One option beside its harm. `label` stands in sentences, and is inert already."""

    label: str
    exposed: float | None  # share of requests left on the bad path; null: not measured
    minutes: float  # to effect, median
    undo: float  # minutes
    irreversible: bool = False  # something of it cannot be undone
    broken: int = 0  # objectives more likely broken than met in an hour

    @property
    def effort(self) -> tuple[int, bool, float, float]:
        """Ascending: what keeps promises first, then the more reversible, then the sooner."""
        return self.broken, self.irreversible, self.undo, self.minutes
