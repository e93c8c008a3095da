"""The grid of the coverage study: each interval of `cockpit.assess`, with settings and truth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.assess import calibration, drift, intervals, quality, segments
from cockpit.assess.differences import difference, ratio_of_rates, weighted_sum
from cockpit.assess.measurement import Z
from cockpit.assess.users import users
from studies import _sampled as sampled
from studies._sampled import CALIBRATED, Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.random import Generator


_LEAST = 0.92  # what a nominal 95 % must cover
_LEAST_HARD = 0.88  # segments and ECE, whose truth is not one number of one sample


class Interval(NamedTuple):
    """What should be held, and the ends that should hold it; a null end is unbounded."""

    truth: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Case:
    """One interval at one setting: `draw` samples it once and asks the package."""

    figure: str
    setting: str
    draw: Callable[[Generator], list[Interval]]
    least: float = _LEAST  # 0 for a setting beyond what is promised: shown, because it exists
    cost: int = 1  # how many times fewer runs it gets, being slow

    @property
    def name(self) -> str:
        """'AUC, .97, 30 of 1,000'."""
        return f"{self.figure}, {self.setting}"


def every() -> list[Case]:
    """All cases, in the order of the page."""
    families = (_auc, _average_precision, _shares, _f1, _brier, _observed_expected, _ece, _psi)
    rest = (_quantiles, _rates, _means, _two_arms, _segments, _users)
    return [case for family in families + rest for case in family()]


def _one(truth: float, found: object) -> list[Interval]:
    """From a Measurement, a Difference or a Divergence."""
    return [Interval(truth, found.low, found.high)]  # type: ignore[attr-defined]


def _auc() -> Iterator[Case]:
    for auc, p, n in (
        (0.7, 10, 90),
        (0.9, 10, 90),
        (0.97, 10, 90),
        (0.97, 30, 970),
        (0.99, 50, 4950),
        (0.99, 10, 9990),
        (0.9, 200, 800),
        (0.7, 1000, 1000),
    ):
        yield Case(
            "AUC",
            f"{auc}, {p:,} positives of {p + n:,}",
            lambda rng, a=auc, p=p, n=n: _one(a, quality.auc(sampled.binormal(rng, a, p, n))),
        )
    # Five levels that barely rank, and five that nearly separate.
    for shares in (
        np.array([[0.3, 0.3, 0.2, 0.1, 0.1], [0.2, 0.2, 0.2, 0.2, 0.2]]),
        np.array([[0.9, 0.06, 0.02, 0.01, 0.01], [0.02, 0.03, 0.05, 0.2, 0.7]]),
    ):
        truth = sampled.tied_auc(shares)
        yield Case(
            "AUC",
            f"{truth:.2f} on five tied scores, 50 positives of 1,000",
            lambda rng, s=shares, t=truth: _one(t, quality.auc(sampled.levels(rng, s, 50, 950))),
        )


def _average_precision() -> Iterator[Case]:
    for auc, p, n in (
        (0.7, 50, 450),
        (0.9, 10, 90),
        (0.9, 100, 900),
        (0.97, 30, 970),
        (0.99, 50, 4950),
        (0.7, 1000, 1000),
        (0.9, 500, 500),
    ):
        truth = sampled.average_precision(auc, p / (p + n))
        yield Case(
            "average precision",
            f"{truth:.2f}, {p:,} positives of {p + n:,}",
            lambda rng, a=auc, p=p, n=n, t=truth: _one(
                t, quality.average_precision(sampled.binormal(rng, a, p, n))
            ),
        )


def _shares() -> Iterator[Case]:
    for share, n in (
        (0.9, 30),
        (0.02, 100),
        (0.002, 1000),
        (0.5, 1000),
        (0.0002, 10_000),
        (0.999, 1000),
        (0.00017, 1000),
    ):
        yield Case(
            "share (precision, recall, error rate, …)",
            f"{share:g} of {n:,}",
            lambda rng, s=share, n=n: _one(s, intervals.wilson(int(rng.binomial(n, s)), n)),
            least=_LEAST if min(share, 1 - share) * n > 1.9 else 0.0,
        )


def _f1() -> Iterator[Case]:
    for a, b, n in ((2, 2, 50), (2, 2, 500), (0.2, 1.8, 100), (0.2, 1.8, 5000)):
        truth = _f1_of(a, b)
        yield Case(
            "F1",
            f"{truth:.2f}, {n:,} rows, {a / (a + b):.0%} positive",
            lambda rng, a=a, b=b, n=n, t=truth: _one(
                t, quality.f1(sampled.predicted(rng, n, a, b, CALIBRATED))
            ),
        )


def _f1_of(a: float, b: float) -> float:
    p = sampled.beta_quantiles(a, b)
    decided = p >= sampled.THRESHOLD
    tp = (p * decided).mean()
    return float(2 * tp / (decided.mean() + p.mean()))


def _brier() -> Iterator[Case]:
    for a, b, n in (
        (2, 2, 200),
        (1, 9, 200),
        (1, 9, 5000),
        (0.5, 49.5, 10_000),
        (0.5, 49.5, 1000),
        (0.5, 49.5, 200),
    ):
        truth = sampled.brier(a, b, CALIBRATED)
        yield Case(
            "Brier",
            f"{truth:.3f}, {n:,} rows, {a / (a + b):.0%} positive",
            lambda rng, a=a, b=b, n=n, t=truth: _one(
                t, calibration.brier(sampled.predicted(rng, n, a, b, CALIBRATED))
            ),
            least=_LEAST if n * a / (a + b) >= 10 else 0.0,
        )


def _observed_expected() -> Iterator[Case]:
    for factor, n in ((1.0, 200), (1.31, 200), (1.31, 5000), (0.5, 2000)):
        yield Case(
            "observed / expected",
            f"{factor}, {n:,} rows, 5 % predicted",
            lambda rng, f=factor, n=n: _one(
                f,
                calibration.observed_expected(sampled.predicted(rng, n, 1, 19, Truth(factor=f))),
            ),
        )


def _ece() -> Iterator[Case]:
    for truth, n in (
        (CALIBRATED, 300),
        (CALIBRATED, 1000),
        (CALIBRATED, 10_000),
        (Truth(slope=1.2), 1000),
        (Truth(slope=1.5), 300),
        (Truth(slope=1.5), 1000),
        (Truth(slope=1.5), 10_000),
        (Truth(factor=0.8), 1000),
    ):
        error = sampled.calibration_error(2, 2, truth)
        yield Case(
            "ECE",
            f"{error:.3f}, {n:,} rows",
            lambda rng, t=truth, n=n, e=error: _one(
                e, calibration.ece(sampled.predicted(rng, n, 2, 2, t))
            ),
            least=_LEAST_HARD,
            cost=4,
        )


def _psi() -> Iterator[Case]:
    for shift in (0.0, 0.1, 0.3, 0.5):
        for n, m in ((100_000, 300), (100_000, 1000), (100_000, 5000), (5000, 1000)):
            shares = sampled.shifted(shift)
            truth = sampled.psi(*shares)
            yield Case(
                "PSI, corrected",
                f"{truth:.3f}, ten bins, {m:,} rows against {n:,}",
                lambda rng, s=shares, n=n, m=m, t=truth: _one(
                    t, drift.divergence(rng.multinomial(n, s[0]), rng.multinomial(m, s[1]))
                ),
            )


def _quantiles() -> Iterator[Case]:
    for q, n in ((0.5, 50), (0.95, 100), (0.95, 1000), (0.99, 400), (0.99, 1000), (0.99, 10_000)):
        truth = sampled.latency_quantile(q)
        yield Case(
            "latency quantile",
            f"p{q * 100:.0f} of {n:,} requests",
            lambda rng, q=q, n=n, t=truth: _one(t, sampled.latencies(rng, n).quantile(q)),
        )


def _rates() -> Iterator[Case]:
    for expected in (0.5, 2.0, 10.0, 1000.0):
        yield Case(
            "requests per second",
            f"{expected:g} expected",
            lambda rng, e=expected: _one(e / 300, intervals.poisson(int(rng.poisson(e)), 300.0)),
        )


def _means() -> Iterator[Case]:
    for n in (5, 30, 300):
        yield Case("mean", f"normal, {n:,} rows", lambda rng, n=n: _mean(0.0, rng.normal(size=n)))
    for n in (5, 30, 300, 3000):
        yield Case(
            "mean",
            f"exponential, {n:,} rows",
            lambda rng, n=n: _mean(1.0, rng.exponential(size=n)),
            least=_LEAST if n >= 30 else 0.0,
        )
    for n in (300, 3000):
        yield Case(
            "mean",
            f"log-normal with σ = 1, {n:,} rows",
            lambda rng, n=n: _mean(math.exp(0.5), rng.lognormal(size=n)),
        )


def _mean(truth: float, x: sampled.Floats) -> list[Interval]:
    return _one(truth, intervals.mean(len(x), float(x.sum()), float(x @ x)))


def _two_arms() -> Iterator[Case]:
    for (p, n), (q, m) in (
        ((0.9, 50), (0.88, 1000)),
        ((0.02, 200), (0.02, 5000)),
        ((0.01, 1000), (0.02, 1000)),
        ((0.001, 1000), (0.003, 1000)),
    ):
        yield Case(
            "difference of shares",
            f"{p:g} of {n:,} and {q:g} of {m:,}",
            lambda rng, p=p, n=n, q=q, m=m: _one(
                p - q,
                difference(
                    intervals.wilson(int(rng.binomial(n, p)), n).interval,
                    intervals.wilson(int(rng.binomial(m, q)), m).interval,
                ),
            ),
        )
    for (p, n), (q, m) in (((0.1, 300), (0.04, 3000)), ((0.05, 200), (0.05, 2000))):
        yield Case(
            "ratio of shares",
            f"{p:g} of {n:,} and {q:g} of {m:,}",
            lambda rng, p=p, n=n, q=q, m=m: _one(
                p / q,
                ratio_of_rates(int(rng.binomial(n, p)), n, int(rng.binomial(m, q)), m, Z),
            ),
        )
    for n in (500, 10_000):
        yield Case(
            "harm per decision", f"10 × .01 + .05, {n:,} rows", lambda rng, n=n: _harm(rng, n)
        )
    yield Case(
        "difference of AUC",
        ".90 and .88, 100 and 500 positives of ten times as many",
        lambda rng: _one(
            0.02,
            difference(
                quality.auc(sampled.binormal(rng, 0.90, 100, 900)).interval,
                quality.auc(sampled.binormal(rng, 0.88, 500, 4500)).interval,
            ),
        ),
    )


def _harm(rng: Generator, n: int) -> list[Interval]:
    missed, alarmed, _ = rng.multinomial(n, (0.01, 0.05, 0.94))
    parts = [(10.0, intervals.wilson(int(missed), n)), (1.0, intervals.wilson(int(alarmed), n))]
    return _one(0.15, weighted_sum(parts))


def _segments() -> Iterator[Case]:
    for count, a, b in (
        (20, 18, 2),
        (20, 180, 20),
        (5, 18, 2),
        (5, 180, 20),
        (200, 18, 2),
        (20, 1, 49),
    ):
        yield Case(
            "segments",
            f"{count} of 5 to 50 rows, rates from Beta({a}, {b})",
            lambda rng, c=count, a=a, b=b: _shrunk(rng, c, a, b),
            least=_LEAST_HARD,
            cost=4,
        )


def _shrunk(rng: Generator, count: int, a: float, b: float) -> list[Interval]:
    truth, n = rng.beta(a, b, count), rng.integers(5, 50, count)
    found = segments.shrink(rng.binomial(n, truth)[None, :], n[None, :])[0]
    return [Interval(float(t), x.low, x.high) for t, x in zip(truth, found, strict=True)]


def _users() -> Iterator[Case]:
    for n in (50, 74, 2000, 20_000, 80_000):
        yield Case("users", f"{n:,}", lambda rng, n=n: _one(n, users(sampled.visitors(rng, n))))
