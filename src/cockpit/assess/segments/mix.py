"""Whether an overall rate moved because segments changed, or because other segments ask now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Change(NamedTuple):
    """A change of a rate and its standard error."""

    value: float
    error: float

    def above(self, z: float) -> bool:
        """Surely above 0 at the normal quantile z."""
        return self.value > z * self.error

    def below(self, z: float) -> bool:
        """Surely below 0."""
        return self.value < -z * self.error


@dataclass(frozen=True)
class Split:
    """The change of an overall rate as a sum: `overall` = `within` + `mix`.

    By segment: `each`, the change of its own rate, NaN where it is not on both sides; `gained`, of
    its share of rows; `pull`, what that adds to `mix`.
    """

    overall: Change
    within: Change
    mix: Change
    each: Floats
    gained: Floats
    pull: Floats


def split(k: Floats, n: Floats, k_base: Floats, n_base: Floats) -> Split | None:
    """Split the change from Σk_base/Σn_base to Σk/Σn by segment; shapes (segments,).

    Kitagawa 1955: within = Σ w̄·Δr, mix = Σ Δw·r̄, with a segment's rate r and its share of rows w,
    barred for the mean of both sides. A segment on one side only counts as mix. Standard errors are
    those of the delta method, shares multinomial and rates binomial; rates have half a count added
    in their variance, so that none is certain. null where a side has no rows.
    """
    rows, rows_base = n.sum(), n_base.sum()
    if rows <= 0 or rows_base <= 0:
        return None
    w, w_base = n / rows, n_base / rows_base
    here, there = n > 0, n_base > 0
    r, r_base = k / np.where(here, n, 1.0), k_base / np.where(there, n_base, 1.0)
    r, r_base = np.where(here, r, r_base), np.where(there, r_base, r)
    delta, mean_rate = r - r_base, (r + r_base) / 2
    mean_share, gained = (w + w_base) / 2, w - w_base
    noise = _variance(k, n) + _variance(k_base, n_base)
    within = mean_share**2 @ noise
    within += (_spread(delta, w, rows) + _spread(delta, w_base, rows_base)) / 4
    mix = gained**2 @ noise / 4
    mix += _spread(mean_rate, w, rows) + _spread(mean_rate, w_base, rows_base)
    total = _variance(k.sum(), rows) + _variance(k_base.sum(), rows_base)
    return Split(
        overall=Change(float(k.sum() / rows - k_base.sum() / rows_base), float(np.sqrt(total))),
        within=Change(float(mean_share @ delta), float(np.sqrt(within))),
        mix=Change(float(gained @ mean_rate), float(np.sqrt(mix))),
        each=np.where(here & there, delta, np.nan),
        gained=gained,
        pull=gained * (mean_rate - mean_share @ mean_rate),
    )


def _variance(k: Floats, n: Floats) -> Floats:
    """Of k/n, half a count added; 0 where there are no rows."""
    share = (k + 0.5) / (n + 1.0)
    found: Floats = np.where(n > 0, share * (1 - share) / np.maximum(n, 1.0), 0.0)
    return found


def _spread(x: Floats, w: Floats, rows: float) -> float:
    """Variance of Σ w·x where the shares w are of so many rows."""
    return float(w @ x**2 - (w @ x) ** 2) / rows
