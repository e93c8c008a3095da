"""Synthetic card payments: customers, merchants, payments and the truth about each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

REGIONS = ("US", "EU", "IN", "JP", "BR")
REGION_SHARES = (0.36, 0.28, 0.16, 0.11, 0.09)
DEVICES = ("android", "ios", "web")
DEVICE_SHARES = {
    "US": (0.30, 0.45, 0.25),
    "EU": (0.42, 0.33, 0.25),
    "IN": (0.78, 0.08, 0.14),
    "JP": (0.28, 0.55, 0.17),
    "BR": (0.70, 0.14, 0.16),
}
MERCHANT_CATEGORIES = ("grocery", "fuel", "fashion", "digital", "electronics", "travel")
CATEGORY_SHARES = (0.34, 0.14, 0.17, 0.18, 0.10, 0.07)

# Median payment in US dollars; what is usual differs by country and by what is bought.
REGION_MEDIAN_USD = {"US": 46.0, "EU": 41.0, "IN": 14.0, "JP": 38.0, "BR": 19.0}
CATEGORY_FACTOR = {
    "grocery": 0.8,
    "fuel": 0.9,
    "fashion": 1.3,
    "digital": 0.5,
    "electronics": 2.6,
    "travel": 4.0,
}
AMOUNT_SIGMA = 0.8  # spread of the logarithm of amounts around the median
CUSTOMERS = 30_000
MERCHANTS = 3_000


@dataclass(frozen=True)
class Payment:
    """One payment as the service receives it; amounts in US dollars, ages in days."""

    id: str
    customer: str
    region: str
    device: str
    merchant: int
    merchant_category: str
    amount: float
    hour: int
    card_age_days: int
    country_mismatch: int
    tx_last_hour: int


@dataclass(frozen=True)
class Population:
    """Who pays and where: fixed for a seed, so that the same customers come back."""

    seed: int
    region: np.ndarray = field(repr=False)  # index into REGIONS, one per customer
    device: np.ndarray = field(repr=False)  # index into DEVICES
    card_age_days: np.ndarray = field(repr=False)
    activity: np.ndarray = field(repr=False)  # chance that a payment of the region is theirs
    merchant_category: np.ndarray = field(repr=False)  # index, one per merchant
    merchant_risk: np.ndarray = field(repr=False)  # 0..1, one per merchant
    merchant_popularity: np.ndarray = field(repr=False)


def make_population(seed: int) -> Population:
    """Draw customers (with a heavy tail of activity) and merchants (Zipf-like popularity)."""
    rng = np.random.default_rng([seed, 1])
    region = rng.choice(len(REGIONS), CUSTOMERS, p=REGION_SHARES)
    device = np.empty(CUSTOMERS, dtype=np.int64)
    activity = np.minimum(rng.pareto(1.3, CUSTOMERS) + 0.2, 60.0)
    for index, name in enumerate(REGIONS):
        members = region == index
        device[members] = rng.choice(len(DEVICES), int(members.sum()), p=DEVICE_SHARES[name])
        activity[members] /= activity[members].sum()
    popularity = 1.0 / np.arange(1, MERCHANTS + 1) ** 1.3
    return Population(
        seed=seed,
        region=region,
        device=device,
        card_age_days=np.ceil(rng.gamma(1.6, 420.0, CUSTOMERS)).astype(np.int64),
        activity=activity,
        merchant_category=rng.choice(len(MERCHANT_CATEGORIES), MERCHANTS, p=CATEGORY_SHARES),
        merchant_risk=rng.beta(1.3, 5.0, MERCHANTS),
        merchant_popularity=popularity / popularity.sum(),
    )


def draw_payments(
    population: Population,
    count: int,
    rng: np.random.Generator,
    *,
    prefix: str = "p",
    region_factor: dict[str, float] | None = None,
) -> tuple[list[Payment], np.ndarray]:
    """Draw `count` payments and the truth about each (1 fraud, 0 honest).

    `region_factor` multiplies a region's share of the traffic, as a campaign there would.
    """
    factor = region_factor or {}
    shares = np.array([s * factor.get(r, 1.0) for r, s in zip(REGIONS, REGION_SHARES, strict=True)])
    region = rng.choice(len(REGIONS), count, p=shares / shares.sum())
    customer = np.empty(count, dtype=np.int64)
    for index in range(len(REGIONS)):
        rows = np.flatnonzero(region == index)
        members = np.flatnonzero(population.region == index)
        customer[rows] = rng.choice(members, rows.size, p=population.activity[members])
    merchant = rng.choice(MERCHANTS, count, p=population.merchant_popularity)
    category = population.merchant_category[merchant]
    spread = rng.normal(0.0, 1.0, count)
    median = np.array([REGION_MEDIAN_USD[r] for r in REGIONS])[region]
    usual = median * np.array([CATEGORY_FACTOR[c] for c in MERCHANT_CATEGORIES])[category]
    amount = np.round(usual * np.exp(AMOUNT_SIGMA * spread), 2)
    hour = rng.choice(24, count, p=_hours_of_day())
    card_age = population.card_age_days[customer]
    mismatch = (rng.random(count) < 0.06).astype(np.int64)
    tx_last_hour = rng.geometric(0.55, count) - 1
    fraud = rng.random(count) < fraud_probability(
        spread=spread,
        hour=hour,
        card_age_days=card_age,
        country_mismatch=mismatch,
        tx_last_hour=tx_last_hour,
        merchant_risk=population.merchant_risk[merchant],
        digital=category == MERCHANT_CATEGORIES.index("digital"),
    )
    payments = [
        Payment(
            id=f"{prefix}{row:07d}",
            customer=f"c{customer[row]:05d}",
            region=REGIONS[region[row]],
            device=DEVICES[population.device[customer[row]]],
            merchant=int(merchant[row]),
            merchant_category=MERCHANT_CATEGORIES[category[row]],
            amount=float(amount[row]),
            hour=int(hour[row]),
            card_age_days=int(card_age[row]),
            country_mismatch=int(mismatch[row]),
            tx_last_hour=int(tx_last_hour[row]),
        )
        for row in range(count)
    ]
    return payments, fraud.astype(np.int64)


def fraud_probability(
    *,
    spread: np.ndarray,
    hour: np.ndarray,
    card_age_days: np.ndarray,
    country_mismatch: np.ndarray,
    tx_last_hour: np.ndarray,
    merchant_risk: np.ndarray,
    digital: np.ndarray,
) -> np.ndarray:
    """The chance that a payment is fraud; `spread` is how unusual its amount is (in sigmas).

    A logistic model with large weights: most fraud is plain to see once all of it is known,
    which is what lets a good model be right about 39 times in 40.
    """
    night = (hour < 6).astype(float)
    suspicion = (
        4.6 * spread
        + 9.5 * country_mismatch
        + 6.0 * np.log1p(tx_last_hour)
        + 5.5 * night
        - 4.0 * np.log(np.maximum(card_age_days, 5) / 600.0)
        + 7.0 * merchant_risk
        + 3.0 * digital
    )
    return np.asarray(1.0 / (1.0 + np.exp(1.5 * (16.7 - suspicion))))


def _hours_of_day() -> np.ndarray:
    weight = 1.0 + 0.9 * np.sin((np.arange(24) - 9.0) / 24.0 * 2.0 * np.pi)
    return np.asarray(weight / weight.sum())
