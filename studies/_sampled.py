"""Samples whose true figures are known: scores of two classes, calibrated or not, and counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.special import betaincinv, expit, logit, ndtr, ndtri

from cockpit.assess.quality.reliability import BINS
from cockpit.assess.scores import Scores
from cockpit.assess.service.buckets import Buckets, from_cumulative
from cockpit.assess.versions import paired
from cockpit.bins import SCORE_BINS, latency_bin, score_bin, segment_bin
from cockpit.records import Counts
from cockpit.tables import FIXED_POINT, USER_BITS
from studies._pages import Floats, Ints

THRESHOLD = 0.5


@dataclass(frozen=True)
class Truth:
    """The true chance at each score p: p^slope on the odds, times `factor`."""

    slope: float = 1.0
    factor: float = 1.0

    def __call__(self, p: Floats) -> Floats:
        """True chance of a positive at each score."""
        moved = p if self.slope == 1.0 else expit(self.slope * logit(np.clip(p, 1e-12, 1 - 1e-12)))
        return np.minimum(self.factor * moved, 1.0)


CALIBRATED = Truth()


def scores_of(p: Floats, label: Ints) -> Scores:
    """The score table of labelled predictions, decided at one half; p and label of shape (n,)."""
    where, decision = score_bin(p), (p >= THRESHOLD).astype(np.int64)
    by_label = (label + 1) * SCORE_BINS + where
    by_cell = ((label + 1) * 3 + decision + 1) * SCORE_BINS + where
    sum_p, sum_p2 = (
        np.bincount(by_label, np.floor(x * FIXED_POINT) / FIXED_POINT, 3 * SCORE_BINS)
        for x in (p, p * p)
    )
    return Scores(
        np.bincount(by_cell, minlength=9 * SCORE_BINS).reshape(3, 3, SCORE_BINS),
        sum_p.reshape(3, SCORE_BINS),
        sum_p2.reshape(3, SCORE_BINS),
    )


def binormal(rng: Generator, auc: float, positives: int, negatives: int) -> Scores:
    """Two normal classes of equal spread, as far apart as the AUC says, mapped into (0, 1)."""
    apart = separation(auc)
    x = rng.standard_normal(positives + negatives)
    x[:positives] += apart
    label = (np.arange(positives + negatives) < positives).astype(np.int64)
    return scores_of(ndtr(x - apart / 2), label)


def separation(auc: float) -> float:
    """Distance of the means of two unit normals whose AUC this is."""
    return float(np.sqrt(2.0) * ndtri(auc))


def average_precision(auc: float, prevalence: float) -> float:
    """That of two unit normals: the mean precision over the thresholds at the positives."""
    apart = separation(auc)
    x = np.linspace(-9.0, 9.0 + apart, 40_001)
    density = np.exp(-((x - apart) ** 2) / 2)
    above = prevalence * ndtr(apart - x), (1 - prevalence) * ndtr(-x)
    precision = above[0] / np.maximum(above[0] + above[1], 1e-300)
    return float((density * precision).sum() / density.sum())


def levels(rng: Generator, shares: Floats, positives: int, negatives: int) -> Scores:
    """Scores of few values, `shares` of shape (2, levels): negatives, then positives."""
    values = (np.arange(shares.shape[1]) + 0.5) / shares.shape[1]
    n = rng.multinomial(negatives, shares[0]), rng.multinomial(positives, shares[1])
    p = np.concatenate([np.repeat(values, k) for k in n])
    return scores_of(p, np.repeat([0, 1], [negatives, positives]))


def tied_auc(shares: Floats) -> float:
    """AUC of `levels`, ties counted half."""
    below = np.cumsum(shares[0]) - shares[0] / 2
    return float(shares[1] @ below)


def predicted(rng: Generator, n: int, a: float, b: float, truth: Truth) -> Scores:
    """n scores from Beta(a, b), labelled with the chance that `truth` gives each."""
    p = np.clip(rng.beta(a, b, n), 0.0, 1.0)
    return scores_of(p, (rng.random(n) < truth(p)).astype(np.int64))


def brier(a: float, b: float, truth: Truth) -> float:
    """Expected (y − p)² of `predicted`."""
    p = beta_quantiles(a, b)
    t = truth(p)
    return float((t * (1 - p) ** 2 + (1 - t) * p**2).mean())


def calibration_error(a: float, b: float, truth: Truth) -> float:
    """Expected calibration error of `predicted` on the bins that the estimate uses."""
    p = beta_quantiles(a, b)
    group = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(group, truth(p) - p, BINS) / len(p)
    return float(np.abs(gaps).sum())


def beta_quantiles(a: float, b: float) -> Floats:
    """Many evenly spread quantiles of Beta(a, b), to take means over it."""
    middles = (np.arange(100_000) + 0.5) / 100_000
    quantiles: Floats = betaincinv(a, b, middles)
    return quantiles


def shifted(by: float) -> tuple[Floats, Floats]:
    """Shares of ten bins: tenths of a unit normal, and those of one shifted by `by`."""
    edges = ndtri(np.arange(11) / 10)
    return np.full(10, 0.1), np.diff(ndtr(edges - by))


def psi(p: Floats, q: Floats) -> float:
    """Population stability index of two sets of shares, nats."""
    return float(((q - p) * np.log(q / p)).sum())


def scored_twice(
    rng: Generator, served: float, shadow: float, positives: int, negatives: int
) -> paired.Pairs:
    """Rows that two models scored, each `binormal` with an AUC of its own, correlated .8."""
    rows = positives + negatives
    label = (np.arange(rows) < positives).astype(np.int64)
    common, *own = rng.standard_normal((3, rows))
    p = [
        ndtr(0.8**0.5 * common + 0.2**0.5 * x + separation(auc) * (label - 0.5))
        for auc, x in zip((served, shadow), own, strict=True)
    ]
    columns = {"label": label, "n": np.ones(rows, dtype=np.int64)}
    for name, score in zip(("", "shadow_"), p, strict=True):
        columns[f"{name}bin"] = segment_bin(score)
        columns[f"{name}decision"] = (score >= THRESHOLD).astype(np.int64)
    return paired.of(Counts("pair", columns, {}), np.arange(rows))


def accuracy(auc: float) -> float:
    """Share of right decisions of `scored_twice`, of as many positives as negatives."""
    return float(ndtr(separation(auc) / 2))


def latencies(rng: Generator, n: int) -> Counts:
    """Log-normal latencies with a median of 100 ms and σ = 0.6."""
    bins = latency_bin(_seconds(rng, n))
    return Counts("latency", {"bin": bins, "n": np.ones(n, dtype=np.int64)}, {})


def le_buckets(rng: Generator, n: int) -> Buckets:
    """The same, as the cumulative counts of Prometheus' default buckets."""
    bounds = np.array([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, np.inf])
    seconds = _seconds(rng, n)
    return from_cumulative(list(1000 * bounds), [int((seconds <= b).sum()) for b in bounds])


def _seconds(rng: Generator, n: int) -> Floats:
    seconds: Floats = 0.1 * np.exp(0.6 * rng.standard_normal(n))
    return seconds


def latency_quantile(q: float) -> float:
    """True q-quantile of `latencies`, ms."""
    return float(100.0 * np.exp(0.6 * ndtri(q)))


def visitors(rng: Generator, n: int) -> Counts:
    """The bitmap that n different users leave."""
    bits = np.flatnonzero(np.bincount(rng.integers(0, USER_BITS, n), minlength=USER_BITS))
    return Counts("users", {"bit": bits, "n": np.ones(len(bits), dtype=np.int64)}, {})
