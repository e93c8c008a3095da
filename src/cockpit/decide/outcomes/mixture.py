"""How each path behaves, whatever the fault is: each draw under one, as often as it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cockpit.decide.outcomes.worlds import Basis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mixture:
    """Rates of a basis by path and draw, (paths, draws): each draw under its own fault."""

    basis: Basis
    fault_of: Ints  # (draws,)

    def _mixed(self, rates: Floats) -> Floats:
        return rates[:, self.fault_of, np.arange(self.fault_of.size)]

    @cached_property
    def false_positives(self) -> Floats:
        """Wrongly decided 1."""
        return self._mixed(self.basis.worlds.rates.false_positives)

    @cached_property
    def wrong(self) -> Floats:
        """Wrongly decided."""
        return self.false_positives + self._mixed(self.basis.worlds.rates.false_negatives)

    @cached_property
    def healthy(self) -> Floats:
        """Wrongly decided in a healthy service."""
        healthy = self.basis.worlds.healthy
        return healthy.false_positives + healthy.false_negatives

    @cached_property
    def slow(self) -> Floats:
        """Slower than the bound."""
        return self._mixed(self.basis.worlds.rates.slow)

    @cached_property
    def failing(self) -> Floats:
        """Failing."""
        return self._mixed(self.basis.worlds.rates.failing)

    @cached_property
    def hits(self) -> Floats | None:
        """Rightly decided 1; null where nothing tells them apart."""
        return None if self.basis.hits is None else self._mixed(self.basis.hits)
