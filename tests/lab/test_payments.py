"""The synthetic payments are the same for a seed and look as the scenarios need them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments import REGION_SHARES, REGIONS, draw_payments, make_population


@pytest.fixture(scope="module")
def population():
    return make_population(3)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60))
def test_the_same_seed_draws_the_same_payments(population, seed, count):
    first = draw_payments(population, count, np.random.default_rng(seed))
    again = draw_payments(population, count, np.random.default_rng(seed))
    assert first[0] == again[0]
    assert first[1].tolist() == again[1].tolist()
    assert len(first[0]) == count
    assert len({payment.id for payment in first[0]}) == count
    assert all(payment.amount >= 0 and payment.card_age_days > 0 for payment in first[0])


def test_traffic_has_the_regions_shares_a_heavy_tail_of_users_and_some_fraud(population):
    payments, fraud = draw_payments(population, 30_000, np.random.default_rng(1))
    for region, share in zip(REGIONS, REGION_SHARES, strict=True):
        found = np.mean([payment.region == region for payment in payments])
        assert found == pytest.approx(share, abs=0.015)
    assert 0.06 < fraud.mean() < 0.11
    _, per_customer = np.unique([payment.customer for payment in payments], return_counts=True)
    assert per_customer.max() > 10 * np.median(per_customer)


def test_a_campaign_raises_the_share_of_its_region_only_a_little(population):
    payments, _ = draw_payments(
        population, 30_000, np.random.default_rng(1), region_factor={"IN": 1.25}
    )
    share = np.mean([payment.region == "IN" for payment in payments])
    assert share == pytest.approx(0.16 * 1.25 / 1.04, abs=0.015)
