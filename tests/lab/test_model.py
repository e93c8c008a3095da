"""The versions of the model are good and bad where the scenarios say they are."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import precision_score, roc_auc_score

from model import THRESHOLD, train_version
from payments import draw_payments, make_population


class Scored:
    """One set of payments scored by one version; BR and the rest of them apart."""

    def __init__(self, model, payments, fraud, risk):
        self.scores = model.score(payments, risk)
        self.fraud = fraud
        self.in_brazil = np.array([payment.region == "BR" for payment in payments])

    def wrong_share(self, rows):
        return np.mean((self.scores[rows] >= THRESHOLD) != self.fraud[rows])

    def precision(self, rows):
        return precision_score(self.fraud[rows], self.scores[rows] >= THRESHOLD)


@pytest.fixture(scope="module")
def scored():
    population = make_population(5)
    models = {name: train_version(name, population) for name in ("v41", "v42", "v42-broken")}
    payments, fraud = draw_payments(population, 30_000, np.random.default_rng(8))
    swapped = [replace(p, amount=p.amount * 100) if p.region == "BR" else p for p in payments]
    risk = [float(population.merchant_risk[p.merchant]) for p in payments]
    return {
        (name, what): Scored(model, rows, fraud, risk)
        for name, model in models.items()
        for what, rows in (("as sent", payments), ("in cents", swapped))
    }


@pytest.mark.parametrize("version", ["v41", "v42"])
def test_a_healthy_version_is_calibrated_and_right_nearly_always(scored, version):
    healthy = scored[version, "as sent"]
    assert healthy.fraud.mean() / healthy.scores.mean() == pytest.approx(1.0, abs=0.06)
    assert healthy.wrong_share(healthy.in_brazil) < 1 / 25
    assert healthy.wrong_share(~healthy.in_brazil) < 1 / 30


def test_the_rollout_hurts_brazil_alone_and_hardly_moves_the_global_auc(scored):
    before, after = scored["v41", "as sent"], scored["v42-broken", "as sent"]
    brazil = before.in_brazil
    assert after.wrong_share(brazil) > 3 * before.wrong_share(brazil)
    assert after.precision(brazil) < 0.6 < 0.8 < before.precision(brazil)
    assert after.wrong_share(~brazil) < before.wrong_share(~brazil)
    aucs = [roc_auc_score(s.fraud, s.scores) for s in (before, after)]
    assert 0 < aucs[0] - aucs[1] < 0.006


def test_cents_hurt_brazil_under_either_version_and_nobody_else(scored):
    for version in ("v41", "v42"):
        before, after = scored[version, "as sent"], scored[version, "in cents"]
        brazil = before.in_brazil
        assert after.wrong_share(brazil) > 0.25
        assert after.scores[~brazil].tolist() == before.scores[~brazil].tolist()
    worse = [scored[version, "in cents"].wrong_share(brazil) for version in ("v41", "v42")]
    assert worse[0] == pytest.approx(worse[1], rel=0.25)


def test_a_version_that_reads_merchant_risk_does_not_score_without_it():
    population = make_population(5)
    payments, _ = draw_payments(population, 1, np.random.default_rng(1))
    model = train_version("v42", population)
    with pytest.raises(ValueError, match="merchant"):
        model.score(payments)
