"""The fraud model in its versions: how each was trained, and scoring of one payment or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from payments import (
    DEVICES,
    MERCHANT_CATEGORIES,
    REGIONS,
    Payment,
    Population,
    draw_payments,
)

THRESHOLD = 0.5  # at or above it a payment goes to manual review
TRAINING_ROWS = 60_000
INSTALMENTS = (1, 2, 3, 6, 12)  # how Brazilian cards are paid off, and how often each
INSTALMENT_SHARES = (0.06, 0.10, 0.20, 0.34, 0.30)


@dataclass(frozen=True)
class FraudModel:
    """One trained version; `median_log_amount` is what it holds to be usual in each region."""

    version: str
    uses_merchant_risk: bool
    median_log_amount: dict[str, float]
    classifier: HistGradientBoostingClassifier

    def score(
        self, payments: Sequence[Payment], merchant_risk: Sequence[float] | None = None
    ) -> np.ndarray:
        """The probability of fraud of each payment (float64, same length)."""
        rows = _inputs(payments, self.median_log_amount, merchant_risk, self.uses_merchant_risk)
        return np.asarray(self.classifier.predict_proba(rows)[:, 1])


def train_version(version: str, population: Population) -> FraudModel:
    """Train `v41`, `v42` or `v42-broken` on the same history.

    v41 does not know the risk of a merchant. v42 does, and is a little better for it.
    v42-broken is v42 trained on an export that held, for Brazil, the first instalment instead of
    the whole amount: it takes smaller payments there for usual, so ordinary ones look large.
    """
    rng = np.random.default_rng([population.seed, 2])
    payments, fraud = draw_payments(population, TRAINING_ROWS, rng)
    if version == "v42-broken":
        instalments = rng.choice(INSTALMENTS, len(payments), p=INSTALMENT_SHARES)
        payments = [
            replace(p, amount=p.amount / parts) if p.region == "BR" else p
            for p, parts in zip(payments, instalments.tolist(), strict=True)
        ]
    uses_merchant_risk = version != "v41"
    median_log_amount = {
        region: float(np.median([np.log(p.amount + 0.01) for p in payments if p.region == region]))
        for region in REGIONS
    }
    classifier = HistGradientBoostingClassifier(
        max_iter=90,
        learning_rate=0.12,
        max_leaf_nodes=15,
        min_samples_leaf=40,
        l2_regularization=2.0,
        random_state=0,
    )
    risk = [float(population.merchant_risk[p.merchant]) for p in payments]
    classifier.fit(_inputs(payments, median_log_amount, risk, uses_merchant_risk), fraud)
    return FraudModel(
        version.removesuffix("-broken"), uses_merchant_risk, median_log_amount, classifier
    )


def _inputs(
    payments: Sequence[Payment],
    median_log_amount: dict[str, float],
    merchant_risk: Sequence[float] | None,
    uses_merchant_risk: bool,
) -> np.ndarray:
    rows = np.array(
        [
            (
                REGIONS.index(p.region),
                DEVICES.index(p.device),
                MERCHANT_CATEGORIES.index(p.merchant_category),
                np.log(p.amount + 0.01) - median_log_amount[p.region],
                p.hour,
                p.card_age_days,
                p.country_mismatch,
                p.tx_last_hour,
            )
            for p in payments
        ],
        dtype=np.float64,
    )
    if not uses_merchant_risk:
        return rows
    if merchant_risk is None:
        raise ValueError("this version needs the risk of each payment's merchant")
    return np.column_stack([rows, np.asarray(merchant_risk, dtype=np.float64)])
