"""What each option would do under each fault, draw by draw: what every choice rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


SLIGHT = 0.05  # of the harm of a healthy service
UNTOLD = 0.25  # of draws in which an option does no more harm than another: it is not told apart


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What each option would do under each fault, draw by draw: the same draws for all of them.

    `harm` is in missed positives beyond those of a healthy service, until it is resolved. Another
    posterior needs no new draws: it weighs the faults of these ones anew. An option that cannot be
    priced is not among them.
    """

    options: tuple[str, ...]  # A ids, "observe" among them
    faults: tuple[str, ...]  # H, in the order of config.FAULTS
    posterior: Floats  # (H,), sums to 1
    harm: Floats  # (A, H, S)
    fault_of: Ints  # (S,), the fault of each draw, in proportion to the posterior (stratified)
    # what was drawn, by name: (S,); none where nobody asks what knowing it is worth
    parameters: dict[str, Floats] = field(default_factory=dict)
    ordinary: float = 0.0  # the harm that a healthy service does meanwhile

    @cached_property
    def slack(self) -> Floats:
        """How much more harm option b may do than a and be as good, by a and b: (A, A).

        A twentieth of the harm that a healthy service does anyway, beside which the excess may be
        next to nothing; where chance tells a from b all the same, none.
        """
        mixture = self.mixture
        often = [np.count_nonzero(mixture <= row, axis=1) for row in mixture]
        at_most = np.array(often) / mixture.shape[1]
        return np.where(at_most >= UNTOLD, SLIGHT * self.ordinary, 0.0)

    @cached_property
    def mixture(self) -> Floats:
        """Harm of each option in each draw, under the draw's own fault: shape (A, S)."""
        return self.harm[:, self.fault_of, np.arange(self.fault_of.size)]

    def only(self, options: Sequence[str]) -> Outcomes:
        """The same draws of some of the options alone, in the order they are given in."""
        index = [self.options.index(option) for option in options]
        return replace(self, options=tuple(options), harm=self.harm[index])
