"""A service's day, made from a seed: what people have on disk when they type `cockpit import`.

Two versions, of which the second is slower at the tail and worse in one region; labels that come
minutes later, some of them corrected; users, failures, metrics, and events heard of after they
happened. Every word in it can be replaced, to see what a hostile one does.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from cockpit.records import MINUTE, SECOND

START = int(datetime(2026, 11, 3, 2, 0, tzinfo=UTC).timestamp()) * SECOND
LENGTH = 40 * MINUTE
END = START + LENGTH
DEPLOY = START + 20 * MINUTE
HARD_TO_KNOW = 12 * MINUTE  # nothing is observed later than this after it happened

Row = dict[str, Any]


def iso(at: int) -> str:
    """A time as a log writes it, to the microsecond."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Words:
    """Every word in the log and its configuration that somebody outside has chosen."""

    service: str = "checkout-fraud"
    old: str = "v41"
    new: str = "v42"
    region: str = "region"
    bad_region: str = "BR"
    device: str = "device"
    a_device: str = "app"
    amount: str = "amount"
    shop: str = "shop"
    a_shop: str = "food"
    rate: str = "manual_review"
    mean: str = "abs_error"
    metric: str = "saturation"
    metric_label: str = "pool-1"
    unit: str = "share"
    failure: str = "timeout"
    event: str = "p99 over 250 ms"
    reporter: str = "support"
    positive: str = "fraud"
    harm: str = "wrong decisions"
    needs: str = "legal OK"
    action: str = "rollback-v41"
    owner: str = "on-call"
    ask: str = "approve the rules fallback"
    default: str = "not used"
    term: str = "manual review"
    meaning: str = "a person looks at it"
    objective: str = "quality"
    schema: str = "amount: float"


@dataclass(frozen=True)
class Log:
    """The files of one import. Times in rows are µs until they are written."""

    words: Words
    predictions: list[Row]
    labels: list[Row]
    reference: list[Row]
    metrics: list[Row]
    events: list[Row]
    map: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)

    def until(self, at: int) -> Log:
        """What there was to export at `at`: nothing that happened or was heard of later."""
        return replace(
            self,
            predictions=[row for row in self.predictions if row["time"] < at],
            labels=[row for row in self.labels if row["known"] < at],
            metrics=[row for row in self.metrics if row["time"] < at],
            events=[row for row in self.events if row["observed_at"] <= at],
        )

    def write(self, folder: Path) -> list[str]:
        """Write the files; the arguments of `cockpit import` but for the output."""
        folder.mkdir(parents=True, exist_ok=True)
        arguments = []
        for name in ("predictions", "labels", "reference", "metrics"):
            _write_csv(folder / f"{name}.csv", getattr(self, name))
            arguments += [f"--{name}", str(folder / f"{name}.csv")]
        lines = [json.dumps(_with_times(row)) for row in self.events]
        (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
        (folder / "schema.yaml").write_text(self.words.schema, encoding="utf-8")
        for name, content in (("map", self.map), ("config", self.config)):
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
            arguments += [f"--{name}", str(folder / f"{name}.yaml")]
        return [*arguments, "--events", str(folder / "events.jsonl")]


def made(seed: int = 7, rows: int = 2_400, words: Words | None = None) -> Log:
    """A log of about `rows` predictions over forty minutes."""
    words = words or Words()
    rng = np.random.default_rng(seed)
    at = np.sort(rng.integers(START, END, rows))
    predictions = [_prediction(rng, words, i, int(moment)) for i, moment in enumerate(at)]
    return Log(
        words=words,
        predictions=[{k: v for k, v in row.items() if k != "truth"} for row in predictions],
        labels=[label for row in predictions for label in _labels(rng, row)],
        reference=[_reference(rng, words, i) for i in range(rows)],
        metrics=[
            {"time": START + i * 10 * SECOND, "value": round(float(rng.uniform(0.3, 0.6)), 4),
             "name": words.metric, "pool": words.metric_label}
            for i in range(LENGTH // (10 * SECOND))
        ],
        events=_events(words),
        map=_map(words),
        config=_config(words),
    )  # fmt: skip


def _prediction(rng: np.random.Generator, words: Words, i: int, at: int) -> Row:
    share = 0.0 if at < DEPLOY else min(0.9, 0.1 + (at - DEPLOY) / (8 * MINUTE))
    new = rng.random() < share
    region = str(rng.choice([words.bad_region, "DE", "US"], p=[0.3, 0.3, 0.4]))
    truth = int(rng.random() < 0.15)
    worse = new and region == words.bad_region and rng.random() < 0.6
    score = rng.beta(2, 6) if (truth == 0) != worse else rng.beta(6, 2)
    slow = new and rng.random() < 0.06
    return {
        "time": at,
        "id": f"p{i}",
        "user": f"u{rng.integers(400)}",
        "version": words.new if new else words.old,
        "score": round(float(score), 5),
        words.region: region,
        words.device: str(rng.choice([words.a_device, "web"])),
        words.amount: round(float(rng.lognormal(3, 1)), 2),
        words.shop: str(rng.choice([words.a_shop, "travel", "toys"])),
        "reviewed": int(score > 0.6),
        "miss": round(abs(float(score) - truth), 3),
        "ms": round(float(rng.lognormal(6.0 if slow else 3.6, 0.3)), 2),
        "failure": words.failure if rng.random() < (0.03 if new else 0.005) else "",
        "truth": truth,
    }


def _labels(rng: np.random.Generator, row: Row) -> list[Row]:
    if rng.random() < 0.1:
        return []
    known = row["time"] + int(rng.integers(1 * MINUTE, 6 * MINUTE))
    wrong = rng.random() < 0.05
    first = {"id": row["id"], "label": row["truth"] ^ wrong, "known": known}
    if not wrong:
        return [first] if rng.random() < 0.97 else [first, {**first, "known": known + SECOND}]
    later = known + int(rng.integers(SECOND, 6 * MINUTE))
    return [first, {**first, "label": row["truth"], "known": later}]


def _reference(rng: np.random.Generator, words: Words, i: int) -> Row:
    row = _prediction(rng, words, i, START)
    row["label"] = row.pop("truth")
    return {k: v for k, v in row.items() if k not in ("time", "id", "user", "failure")}


def _events(words: Words) -> list[Row]:
    def event(minute: float, kind: str, text: str, later: float = 0.0, **details: str) -> Row:
        at = START + int(minute * MINUTE)
        seen = at + int(later * MINUTE)
        return {"time": at, "observed_at": seen, "kind": kind, "text": text, **details}

    return [
        event(5, "traffic", "campaign starts"),
        event(20, "deploy", f"{words.new} at 10 %", 2, version=words.new),
        event(20, "schema", words.event, 0.5, version=words.new),
        event(24.2, "report", words.event, 6.1, segment=words.bad_region, user=words.reporter),
        event(26, "alert", words.event),
        event(27, "page", words.event),
        event(33, "note", words.event, 3.3, user=words.reporter),
    ]


def _map(words: Words) -> dict[str, Any]:
    return {
        "service": words.service,
        "time": "time",
        "bucket": "1m",
        "score": "score",
        "threshold": 0.5,
        "label": "label",
        "label_time": "known",
        "id": "id",
        "user": "user",
        "version": "version",
        "segments": [words.region, words.device, [words.region, words.device]],
        "features": {"numeric": [words.amount], "categorical": [words.shop]},
        "protected": [words.device],
        "rates": [{"name": words.rate, "column": "reviewed", "direction": "lower_is_better"}],
        "means": [
            {
                "name": words.mean,
                "column": "miss",
                "step": 0.001,
                "unit": words.unit,
                "direction": "lower_is_better",
            }
        ],
        "latency": "ms",
        "error": "failure",
        "metrics": [{"name": words.metric, "unit": words.unit}],
        "schemas": {words.new: "schema.yaml"},
    }


def _config(words: Words) -> dict[str, Any]:
    return {
        "service": words.service,
        "owner": {"team": words.owner, "commander": words.owner, "compliance": words.owner},
        "timezone": "Europe/Berlin",
        "model": {
            "versions": {"current": words.new, "previous": words.old},
            "positive": words.positive,
            "harm": {"unit": words.harm},
        },
        "objectives": [
            {"name": words.objective, "metric": "precision", "at_least": 0.8, "tolerance": 0.05},
            {"name": "latency", "good": "latency <= 250ms", "target": "99%"},
        ],
        "options": {
            "rollback": {"minutes": [3, 6], "undo": 6, "needs": words.needs,
                         "action": words.action},
            "rules": {"minutes": [1, 3], "precision": 0.5, "latency_p99": 40, "wrong_share": "6%",
                      "needs": words.needs},
            "segment_off": {"segments": [words.region], "minutes": [2, 3], "needs": words.needs},
        },
        "drift": {"min_rows": 200},
        "stakeholders": {
            words.owner: {"ask": words.ask, "owner": words.owner, "default": words.default}
        },
        "escalation": {"tree": [words.owner]},
        "glossary": {words.term: words.meaning},
    }  # fmt: skip


def _with_times(row: Row) -> Row:
    return {k: iso(v) if k in ("time", "known", "observed_at") else v for k, v in row.items()}


def _write_csv(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(_with_times(row) for row in rows)
