"""The scenarios: what happens at which minute, what is told to the team, and what pages it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """From this minute on v42 serves this share of customers, with so many warm replicas each."""

    minute: float
    v42_share: float
    v41_replicas: int
    v42_replicas: int


@dataclass(frozen=True)
class Event:
    """One line of events.jsonl, its times in minutes of the recording."""

    minute: float
    kind: str
    text: str
    version: str | None = None
    segment: str | None = None
    observed_minute: float | None = None


@dataclass(frozen=True)
class RegionChange:
    """From this minute on something of a region's payments is multiplied by a factor."""

    minute: float
    region: str
    factor: float


@dataclass(frozen=True)
class AlertRule:
    """Fires once `metric` has been over `threshold` for `for_minutes`; a page follows."""

    metric: str
    region: str  # empty for the whole service
    threshold: float
    text: str  # {value} is what the metric was
    for_minutes: float = 1.0
    page_after_minutes: float = 1.0


@dataclass(frozen=True)
class UserReport:
    """A customer of this segment, wrongly sent to review a little before, complains."""

    minute: float
    region: str
    version: str | None
    text: str


@dataclass(frozen=True)
class Scenario:
    """Everything `record.py` needs to record one incident."""

    name: str
    seed: int
    newer_model: str  # how v42 was trained, see model.train_version
    feature_cache: int  # merchants the feature service keeps in memory
    stages: tuple[Stage, ...]
    events: tuple[Event, ...]
    alert: AlertRule
    reports: tuple[UserReport, ...] = ()
    traffic_changes: tuple[RegionChange, ...] = ()
    amount_changes: tuple[RegionChange, ...] = ()
    minutes: float = 28.0


CARD_FRAUD_ROLLOUT = Scenario(
    name="card-fraud-rollout",
    seed=41,
    newer_model="v42-broken",
    feature_cache=1_300,
    stages=(
        Stage(0.0, 0.0, 12, 0),
        Stage(8.0, 0.1, 12, 4),
        Stage(10.0, 0.5, 12, 8),
        Stage(11.5, 0.9, 8, 12),
    ),
    events=(
        Event(2.0, "note", "Nightly retraining job for v43 started"),
        Event(
            6.0,
            "traffic",
            "Campaign 'cricket week' went live in IN: a quarter more traffic there",
            segment="region=IN",
        ),
        Event(8.0, "deploy", "Deploy v42, canary at 10 % of customers", version="v42"),
        Event(
            8.0,
            "schema",
            "Input of v42 gains merchant_risk (double, required), read from the feature service",
            version="v42",
        ),
        Event(9.25, "flag", "Flag review-queue-new-layout on for analysts"),
        Event(10.0, "deploy", "v42 to 50 % of customers", version="v42"),
        Event(
            11.5,
            "deploy",
            "v42 to 90 % of customers; v41 scaled from 12 to 8 replicas",
            version="v42",
        ),
    ),
    alert=AlertRule(
        metric="latency_p99",
        region="",
        threshold=250.0,
        text="HighLatencyP99: p99 {value:.0f} ms, over 250 ms for 60 s",
    ),
    reports=(
        UserReport(
            15.2,
            "BR",
            "v42",
            "My card was stopped at the supermarket, as every week. Nothing is wrong with it.",
        ),
        UserReport(
            16.7,
            "BR",
            "v42",
            "Pagamento em análise de novo. É a segunda vez hoje, preciso pagar a conta.",
        ),
    ),
    traffic_changes=(RegionChange(6.0, "IN", 1.25),),
)

UNIT_SWAP = Scenario(
    name="unit-swap",
    seed=57,
    newer_model="v42",
    feature_cache=3_000,
    stages=(Stage(0.0, 0.9, 8, 12),),
    events=(
        Event(-31.0, "deploy", "v42 to 90 % of customers", version="v42"),
        Event(3.0, "note", "Load test of the settlement service started (not on this path)"),
        Event(7.0, "flag", "Flag risk-banner-text on for 100 % of the review tool"),
        Event(
            9.0,
            "schema",
            "Gateway BR: amount now in minor units (centavos)",
            segment="region=BR",
            observed_minute=12.2,
        ),
    ),
    alert=AlertRule(
        metric="manual_review_rate",
        region="BR",
        threshold=0.20,
        text="ReviewQueueBR: {value:.0%} of payments in BR sent to review, over 20 % for 60 s",
    ),
    reports=(
        UserReport(14.4, "BR", None, "Comprei pão por R$ 12 e o pagamento foi para análise."),
        UserReport(
            17.1,
            "BR",
            None,
            "Third payment held for review today. Small amounts, the shops I always use.",
        ),
    ),
    amount_changes=(RegionChange(9.0, "BR", 100.0),),
)

SCENARIOS = {scenario.name: scenario for scenario in (CARD_FRAUD_ROLLOUT, UNIT_SWAP)}
