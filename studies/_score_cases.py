"""Cases of figures of the score: ranking, decisions, calibration, and two models compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from cockpit.assess.methods.differences import difference
from cockpit.assess.quality import calibration, label_free, ranking, recalibration, reliability
from cockpit.assess.versions import paired
from studies import _sampled as sampled
from studies._cases import LEAST, LEAST_HARD, Case, Interval, one
from studies._sampled import CALIBRATED, Truth


def every() -> list[Case]:
    """All of them, in the order of the page."""
    families = (
        _auc,
        _average_precision,
        _f1,
        _brier,
        _observed_expected,
        _ece,
        _recalibration,
        _two_models,
        _label_free,
    )
    return [case for family in families for case in family()]


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
            lambda rng, a=auc, p=p, n=n: one(a, ranking.auc(sampled.binormal(rng, a, p, n))),
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
            lambda rng, s=shares, t=truth: one(t, ranking.auc(sampled.levels(rng, s, 50, 950))),
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
            lambda rng, a=auc, p=p, n=n, t=truth: one(
                t, ranking.average_precision(sampled.binormal(rng, a, p, n))
            ),
        )


def _f1() -> Iterator[Case]:
    for a, b, n in ((2, 2, 50), (2, 2, 500), (0.2, 1.8, 100), (0.2, 1.8, 5000)):
        truth = _f1_of(a, b)
        yield Case(
            "F1",
            f"{truth:.2f}, {n:,} rows, {a / (a + b):.0%} positive",
            lambda rng, a=a, b=b, n=n, t=truth: one(
                t, ranking.f1(sampled.predicted(rng, n, a, b, CALIBRATED))
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
            lambda rng, a=a, b=b, n=n, t=truth: one(
                t, calibration.brier(sampled.predicted(rng, n, a, b, CALIBRATED))
            ),
            least=LEAST if n * a / (a + b) >= 10 else 0.0,
        )


def _observed_expected() -> Iterator[Case]:
    for factor, n in ((1.0, 200), (1.31, 200), (1.31, 5000), (0.5, 2000)):
        yield Case(
            "observed / expected",
            f"{factor}, {n:,} rows, 5 % predicted",
            lambda rng, f=factor, n=n: one(
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
            lambda rng, t=truth, n=n, e=error: one(
                e, reliability.ece(sampled.predicted(rng, n, 2, 2, t))
            ),
            least=LEAST_HARD,
            cost=4,
        )


def _recalibration() -> Iterator[Case]:
    for slope, n in ((1.0, 300), (0.7, 1000), (1.5, 1000), (1.0, 10_000)):
        yield Case(
            "calibration slope",
            f"{slope}, {n:,} rows, 25 % predicted",
            lambda rng, b=slope, n=n: one(
                b,
                recalibration.calibration_slope(
                    sampled.predicted(rng, n, 1.0, 3.0, Truth(slope=b))
                ),
            ),
        )
    for n in (300, 10_000):
        yield Case(
            "calibration intercept",
            f"0, {n:,} rows, 25 % predicted",
            lambda rng, n=n: one(
                0.0,
                recalibration.calibration_intercept(
                    sampled.predicted(rng, n, 1.0, 3.0, CALIBRATED)
                ),
            ),
        )


def _two_models() -> Iterator[Case]:
    yield Case(
        "difference of AUC",
        ".90 and .88, 100 and 500 positives of ten times as many",
        lambda rng: one(
            0.02,
            difference(
                ranking.auc(sampled.binormal(rng, 0.90, 100, 900)).interval,
                ranking.auc(sampled.binormal(rng, 0.88, 500, 4500)).interval,
            ),
        ),
    )
    for auc, shadow in ((0.9, 0.9), (0.9, 0.88), (0.97, 0.95)):
        yield Case(
            "AUC of a shadow on the same rows",
            f"{shadow} against {auc}, correlated .8, 100 positives of 1,000",
            lambda rng, a=auc, b=shadow: one(
                b - a, paired.auc(sampled.scored_twice(rng, a, b, 100, 900)).difference
            ),
        )
    for auc, shadow in ((0.9, 0.9), (0.9, 0.8)):
        truth = sampled.accuracy(shadow) - sampled.accuracy(auc)
        yield Case(
            "accuracy of a shadow on the same rows",
            f"{truth:+.2f}, 500 rows",
            lambda rng, a=auc, b=shadow, t=truth: one(
                t, paired.accuracy(sampled.scored_twice(rng, a, b, 250, 250)).difference
            ),
        )


def _label_free() -> Iterator[Case]:
    """What the labels will show, predicted from a labelled past of the same meaning."""
    for name in ("auc", "precision", "recall", "f1", "accuracy"):
        for a, b in ((1.0, 3.0), (1.0, 1.5)):
            yield Case(
                "estimated without labels",
                f"{name}, 2,000 rows after 10,000, scores {'as then' if b == 3.0 else 'higher'}",
                lambda rng, f=name, a=a, b=b: _predicted(rng, f, a, b),
                cost=4,
            )


def _predicted(rng: Generator, figure: str, a: float, b: float) -> list[Interval]:
    past = sampled.predicted(rng, 10_000, 1.0, 3.0, Truth(slope=1.3))
    scale = label_free.calibrate(past.positive, past.negative)
    assert scale is not None
    now = sampled.predicted(rng, 2_000, a, b, Truth(slope=1.3))
    expected = label_free.Expected(now.cells.sum(axis=0).astype(np.float64), scale)
    shown = getattr(ranking, figure)(now).value
    return one(shown, label_free.FIGURES[figure](expected))
