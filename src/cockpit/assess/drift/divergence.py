"""How far a distribution is from its reference: PSI, KL, JS, what chance does, and the class."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, chdtri

from cockpit.assess.methods.measurement import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.config import Drifting
    from cockpit.records import DriftClass

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SMOOTHING = 0.5  # of a count in each bin (Jeffreys): an empty bin is rare, not impossible
_BY_CHANCE = 0.01  # how often a null line is crossed where nothing drifted


@dataclass(frozen=True)
class Divergence:
    """Figures of one comparison of m rows against n, or arrays of them, in nats.

    `moved` is the bin that contributes most to PSI. `null_line` and `kl_null_line` are what PSI and
    KL stay under in 99 of 100 comparisons where nothing drifted; `p_value` is how often PSI is then
    as large as here.
    """

    psi: Floats
    corrected: Floats
    low: Floats
    high: Floats
    kl: Floats
    js: Floats
    null_line: Floats
    kl_null_line: Floats
    p_value: Floats
    moved: Ints
    n: Ints
    m: Ints
    design_effect: Floats

    def __getitem__(self, i: int) -> Divergence:
        """One of several comparisons."""
        return Divergence(*(getattr(self, field.name)[i] for field in fields(self)))


def divergence(reference: Ints, current: Ints, design_effect: float = 1.0) -> Divergence:
    """PSI, KL(current‖reference) and JS of histograms on the same B bins, shape (…, B) → (…).

    Every histogram has rows. Bins empty in both are left out. PSI/(1/n + 1/m) → χ²(B − 1) where
    nothing drifted (Yurdakul 2018), so (B − 1)(1/n + 1/m) is subtracted as bias; the interval is
    the delta method plus the null variance, which keeps it honest near 0. To second order KL is
    half of PSI (Kullback 1959), so 2·KL has the same null. `design_effect` multiplies what chance
    does (Kish 1965; to first order, Rao & Scott 1981).
    """
    used = (reference + current) > 0
    size = used.sum(axis=-1, keepdims=True)
    n, m = np.broadcast_arrays(*(h.sum(axis=-1, keepdims=True) for h in (reference, current)))
    p = used * (reference + SMOOTHING) / (n + SMOOTHING * size)
    q = used * (current + SMOOTHING) / (m + SMOOTHING * size)
    ratio = np.divide(q, p, out=np.ones_like(p), where=used)
    log_ratio = np.log(ratio)
    terms = (q - p) * log_ratio
    psi, kl = terms.sum(axis=-1), (q * log_ratio).sum(axis=-1)
    js = (kl - ((p + q) * np.log((1 + ratio) / 2)).sum(axis=-1)) / 2
    n, m, freedom = n[..., 0], m[..., 0], size[..., 0] - 1
    scale = design_effect * (1 / n + 1 / m)
    variance = design_effect * (
        _variance(q, log_ratio + 1 - 1 / ratio) / m + _variance(p, 1 - ratio - log_ratio) / n
    )
    half = Z * np.sqrt(variance + 2 * freedom * scale**2)
    corrected = np.maximum(psi - freedom * scale, 0.0)
    # One bin alone cannot differ: its PSI is 0, and so is its line.
    null_line = np.where(freedom > 0, chdtri(np.maximum(freedom, 1), _BY_CHANCE) * scale, 0.0)
    return Divergence(
        psi=psi,
        corrected=corrected,
        low=np.maximum(corrected - half, 0.0),
        high=corrected + half,
        kl=kl,
        js=np.maximum(js, 0.0),
        null_line=null_line,
        kl_null_line=null_line / 2,
        p_value=chdtrc(np.maximum(freedom, 1), psi / scale),
        moved=np.argmax(terms, axis=-1),
        n=n,
        m=m,
        design_effect=np.full(psi.shape, design_effect),
    )


def _variance(shares: Floats, x: Floats) -> Floats:
    mean = (shares * x).sum(axis=-1)
    variance: Floats = np.maximum((shares * x**2).sum(axis=-1) - mean**2, 0.0)
    return variance


def classify(found: Divergence, rules: Drifting) -> DriftClass:
    """The class of one corrected PSI, or why none may be said.

    Said where the whole interval lies inside one class, or where there are `min_rows`: in the
    window, in the reference, and still when rows that resemble their neighbours count for less.
    """
    low, middle, high = (_class(x, rules) for x in (found.low, found.corrected, found.high))
    if low == high:
        return middle
    if found.m < rules.min_rows:
        return "too few rows"
    fewest = min(found.n, found.m) / found.design_effect
    return middle if fewest >= rules.min_rows else "cannot tell yet"


def _class(psi: Floats, rules: Drifting) -> DriftClass:
    if psi > rules.major:
        return "major"
    return "noticeable" if psi >= rules.noticeable else "minor"


def rows_needed(found: Divergence, rules: Drifting) -> int:
    """About how many rows a class takes: those for `min_rows`, or for a narrower interval if fewer.

    The interval is taken to narrow with the root of the rows until it ends at a class's bound.
    """
    half = float(found.high - found.corrected)
    corrected = float(found.corrected)
    margin = min(abs(corrected - bound) for bound in (rules.noticeable, rules.major))
    enough = rules.min_rows * float(found.design_effect)
    if margin > 0:
        enough = min(enough, int(found.m) * (half / margin) ** 2)
    return two_digits(enough)


def two_digits(n: float) -> int:
    """A number of rows, rounded up to two digits."""
    exact = max(math.ceil(n), 1)
    step = int(10 ** max(len(str(exact)) - 2, 0))
    return -(-exact // step) * step
