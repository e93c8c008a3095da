"""Cases of figures that are counted: shares, drift, latency, rates, means, segments, users."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from cockpit.assess.drift import divergence
from cockpit.assess.methods import intervals
from cockpit.assess.methods.differences import difference, ratio_of_rates, weighted_sum
from cockpit.assess.methods.measurement import Z
from cockpit.assess.quality.users import users
from cockpit.assess.segments import shrinkage
from cockpit.assess.service.latency import log_buckets
from cockpit.assess.versions import stratified
from studies import _sampled as sampled
from studies._cases import LEAST, LEAST_HARD, Case, Interval, one


def every() -> list[Case]:
    """All of them, in the order of the page."""
    families = (_shares, _two_arms, _rates, _means, _quantiles, _psi, _segments, _users)
    return [case for family in families for case in family()]


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
            lambda rng, s=share, n=n: one(s, intervals.wilson(int(rng.binomial(n, s)), n)),
            least=LEAST if min(share, 1 - share) * n > 1.9 else 0.0,
        )


def _psi() -> Iterator[Case]:
    for shift in (0.0, 0.1, 0.3, 0.5):
        for n, m in ((100_000, 300), (100_000, 1000), (100_000, 5000), (5000, 1000)):
            shares = sampled.shifted(shift)
            truth = sampled.psi(*shares)
            yield Case(
                "PSI, corrected",
                f"{truth:.3f}, ten bins, {m:,} rows against {n:,}",
                lambda rng, s=shares, n=n, m=m, t=truth: one(
                    t, divergence.divergence(rng.multinomial(n, s[0]), rng.multinomial(m, s[1]))
                ),
            )


def _quantiles() -> Iterator[Case]:
    for q, n in ((0.5, 50), (0.95, 100), (0.95, 1000), (0.99, 400), (0.99, 1000), (0.99, 10_000)):
        truth = sampled.latency_quantile(q)
        yield Case(
            "latency quantile",
            f"p{q * 100:.0f} of {n:,} requests",
            lambda rng, q=q, n=n, t=truth: one(
                t, log_buckets(sampled.latencies(rng, n)).quantile(q)
            ),
        )
    for q, n in ((0.5, 50), (0.95, 1000), (0.99, 10_000)):
        truth = sampled.latency_quantile(q)
        yield Case(
            "latency quantile from `le` buckets",
            f"p{q * 100:.0f} of {n:,} requests",
            lambda rng, q=q, n=n, t=truth: one(t, sampled.le_buckets(rng, n).quantile(q)),
        )


def _rates() -> Iterator[Case]:
    for expected in (0.5, 2.0, 10.0, 1000.0):
        yield Case(
            "requests per second",
            f"{expected:g} expected",
            lambda rng, e=expected: one(e / 300, intervals.poisson(int(rng.poisson(e)), 300.0)),
        )


def _means() -> Iterator[Case]:
    for n in (5, 30, 300):
        yield Case("mean", f"normal, {n:,} rows", lambda rng, n=n: _mean(0.0, rng.normal(size=n)))
    for n in (5, 30, 300, 3000):
        yield Case(
            "mean",
            f"exponential, {n:,} rows",
            lambda rng, n=n: _mean(1.0, rng.exponential(size=n)),
            least=LEAST if n >= 30 else 0.0,
        )
    for n in (300, 3000):
        yield Case(
            "mean",
            f"log-normal with σ = 1, {n:,} rows",
            lambda rng, n=n: _mean(math.exp(0.5), rng.lognormal(size=n)),
        )


def _mean(truth: float, x: sampled.Floats) -> list[Interval]:
    return one(truth, intervals.mean(len(x), float(x.sum()), float(x @ x)))


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
            lambda rng, p=p, n=n, q=q, m=m: one(
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
            lambda rng, p=p, n=n, q=q, m=m: one(
                p / q,
                ratio_of_rates(int(rng.binomial(n, p)), n, int(rng.binomial(m, q)), m, Z),
            ),
        )
    for n in (500, 10_000):
        yield Case(
            "harm per decision", f"10 × .01 + .05, {n:,} rows", lambda rng, n=n: _harm(rng, n)
        )
    yield Case(
        "difference of shares, minute by minute",
        "0.05 against 0.03, 10 to 60 % of 6,000 in 20 minutes",
        _ramped,
    )


def _harm(rng: Generator, n: int) -> list[Interval]:
    missed, alarmed, _ = rng.multinomial(n, (0.01, 0.05, 0.94))
    parts = [(10.0, intervals.wilson(int(missed), n)), (1.0, intervals.wilson(int(alarmed), n))]
    return one(0.15, weighted_sum(parts))


def _ramped(rng: Generator) -> list[Interval]:
    """A canary that is given more and more, while the rates of both go up and down."""
    minute = np.arange(20)
    n = np.stack([30 + 8 * minute, 270 - 8 * minute])
    share = np.array([[0.05], [0.03]]) + 0.02 * np.sin(minute / 3.0)
    arms = stratified.standardized(rng.binomial(n, share), n)
    return one(0.02, difference(arms[0].interval, arms[1].interval))


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
            least=LEAST_HARD,
            cost=4,
        )


def _shrunk(rng: Generator, count: int, a: float, b: float) -> list[Interval]:
    truth, n = rng.beta(a, b, count), rng.integers(5, 50, count)
    found = shrinkage.shrink(rng.binomial(n, truth)[None, :], n[None, :])[0]
    return [Interval(float(t), x.low, x.high) for t, x in zip(truth, found, strict=True)]


def _users() -> Iterator[Case]:
    for n in (50, 74, 2000, 20_000, 80_000):
        yield Case("users", f"{n:,}", lambda rng, n=n: one(n, users(sampled.visitors(rng, n))))
