"""A made-up rollout: at minute 10 v42 takes most requests, slower, and worse in region BR."""

from __future__ import annotations

from typing import Any

import numpy as np

from cockpit.assess.inputs import Inputs
from cockpit.bins import FeatureBins, freeze_numeric, latency_bin
from cockpit.config import Config, Objective, Predictions
from cockpit.records import MINUTE, SECOND, Counts, Event, Window
from cockpit.tables import ALL, USER_BITS
from tests.assess.building import score_table, summed, table

START = 1_700_000_040 * SECOND // MINUTE * MINUTE
MINUTES = 20
DEPLOYED = START + 10 * MINUTE
END = START + MINUTES * MINUTE

Rows = dict[str, Any]

CONFIG = Config(
    objectives=[
        Objective(name="latency", good="latency <= 250ms", target="99%"),
        Objective(name="quality", metric="precision", at_least=0.6, tolerance=0.05),
    ]
)


def rows(n: int, seed: int, healthy: bool = False) -> Rows:
    """n predictions; a healthy service keeps v41 and is fully labelled, as a reference is."""
    rng = np.random.default_rng(seed)
    seconds = np.sort(rng.uniform(0, MINUTES * 60, n))
    late = (seconds >= 600) & (not healthy)
    version = np.where(late & (rng.uniform(size=n) < 0.9), "v42", "v41")
    region = rng.choice(["BR", "DE", "IN", "US"], n, p=[0.1, 0.3, 0.3, 0.3])
    x = rng.normal(size=n)
    label = (rng.uniform(size=n) < 1 / (1 + np.exp(1 - 2.5 * x))).astype(int)
    spoilt = (version == "v42") & (region == "BR")
    p = 1 / (1 + np.exp(1 - 2.5 * x - 3 * spoilt * rng.normal(size=n)))
    known = healthy | (rng.uniform(size=n) < 0.4)
    return {
        "second": START + seconds.astype(np.int64) * SECOND,
        "minute": START + (seconds // 60).astype(np.int64) * MINUTE,
        "version": version,
        "region": region,
        "p": p,
        "decision": (p > 0.5).astype(int),
        "label": np.where(known, label, -1),
        "latency": rng.lognormal(np.log(0.09), 0.35, n) * np.where(version == "v42", 1.6, 1.0),
        "amount": np.exp(x) * np.where(late & (region == "BR"), 100, 1),
        "user": rng.integers(0, USER_BITS, 3000)[rng.integers(0, 3000, n)],
        "failed": rng.uniform(size=n) < 0.002,
    }


def _scores(r: Rows, **more: Any) -> Counts:
    return score_table(r["p"], r["decision"], r["label"], version=r["version"], **more)


def _by_region(r: Rows, **more: Any) -> Counts:
    return _scores(r, name="score_by_segment", dimension="region", value=r["region"], **more)


def _twice(r: Rows, name: str, /, **columns: Any) -> Counts:
    """Rows about the whole service, and again about their region."""
    both = {key: np.concatenate([values, values]) for key, values in columns.items()}
    everything = np.full(len(r["region"]), ALL)
    return summed(
        table(
            name,
            dimension=np.concatenate([everything, np.full(len(everything), "region")]),
            value=np.concatenate([everything, r["region"]]),
            **both,
        )
    )


def _features(r: Rows, bins: FeatureBins) -> Counts:
    counts = _twice(r, "feature", version=r["version"], bin=bins.digitize(r["amount"]))
    counts.columns["feature"] = np.zeros(len(counts), dtype=np.int64)
    return Counts("feature", counts.columns, {**counts.words, "feature": (bins.name,)})


def _reviews(r: Rows) -> Counts:
    held = np.asarray(r["decision"])
    name = np.full(len(held), "manual_review")
    one = np.ones(len(held), dtype=np.int64)
    return _twice(r, "rate", name=name, version=r["version"], k=held, n=one)


def _traffic(r: Rows, **more: Any) -> Counts:
    failed = r["failed"]
    columns = {"version": r["version"], "kind": np.full(len(failed), ""), **more}
    both = {k: np.concatenate([v, v[failed]]) for k, v in columns.items()}
    both["kind"][len(failed) :] = "t"
    return summed(table("traffic", **both))


def _latency(r: Rows, **more: Any) -> Counts:
    return summed(table("latency", version=r["version"], bin=latency_bin(r["latency"]), **more))


def rollout(n: int = 30_000, seed: int = 1) -> Inputs:
    """What a session knows at the end of the twenty minutes."""
    now, reference = rows(n, seed), rows(n // 4, seed + 1, healthy=True)
    last = {key: values[now["second"] >= END - 5 * MINUTE] for key, values in now.items()}
    bins = freeze_numeric("amount", reference["amount"])
    users = _twice(now, "users", version=now["version"], bit=now["user"])
    return Inputs(
        at=END,
        as_of_fast=END,
        as_of_slow=END,
        infra_window=Window(start=END - 5 * MINUTE, end=END),
        quality_window=Window(start=START, end=END),
        history_window=Window(start=START, end=END),
        now={
            "score": _scores(now),
            "score_by_segment": _by_region(now),
            "feature": _features(now, bins),
            "rate": _reviews(now),
            "users": users,
            "latency": _latency(last),
            "traffic": _traffic(last),
        },
        history={
            "score": _scores(now, valid=now["minute"]),
            "score_by_segment": _by_region(now, valid=now["minute"]),
            "latency": _latency(now, valid=now["second"]),
            "traffic": _traffic(now, valid=now["second"]),
        },
        reference={
            "score": _scores(reference),
            "score_by_segment": _by_region(reference),
            "feature": _features(reference, bins),
            "rate": _reviews(reference),
        },
        bins=[bins],
        series={
            "saturation": (
                START + np.arange(1200) * SECOND,
                np.where(np.arange(1200) % 60 == 3, np.nan, 0.55),
            ),
            'warm_replicas{version="v42"}': (np.array([END - SECOND]), np.array([12.0])),
            'manual_review_rate{region="BR"}': (np.array([END - SECOND]), np.array([0.4])),
            'cpu{host="a",core="1"}': (np.array([END - SECOND]), np.array([0.4])),
        },
        series_units={"saturation": "share"},
        events=[_event("deploy", DEPLOYED - 5 * SECOND), _event("traffic", END - MINUTE)],
        config=CONFIG,
        map=Predictions(segments=["region"]),
    )


def _event(kind: str, at: int) -> Event:
    return Event(
        id=f"recording:{at}",
        writer="recording",
        seq=at,
        lamport=at,
        at=at,
        observed_at=at,
        written_at=at,
        kind=kind,
        text=f"{kind} of something",
    )
