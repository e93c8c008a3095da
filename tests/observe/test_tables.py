"""Which rows count where: failed requests, segments, users, rates, means, features, shadows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa

from cockpit.bins import RARE_BELOW, FeatureBins, latency_edge
from cockpit.observe.features import freeze
from cockpit.observe.report import ImportReport
from cockpit.observe.survey import TOP
from cockpit.tables import ABSENT, FIXED_POINT, OTHER, PAIR
from cockpit.units import iso, parse_instant

START = parse_instant("2026-11-03T02:00:00Z")
BASE = "service: s\ntime: t\nscore: p\nthreshold: 0.5\n"


def rows_of(n: int, **columns: Any) -> list[dict[str, Any]]:
    """n rows; a column is a value or a function of the row's number."""
    return [
        {"t": iso(START + i), "p": 0.5}
        | {name: value(i) if callable(value) else value for name, value in columns.items()}
        for i in range(n)
    ]


def test_a_failed_request_is_traffic_but_no_score(import_rows: Callable[..., Any]) -> None:
    rows = rows_of(4, error=lambda i: "timeout" if i == 3 else None, ms=12.5, user="ann")
    rows[3]["p"] = None
    imported = import_rows(rows, BASE + "error: error\nlatency: ms\nuser: user\n")
    assert imported.total("traffic", kind="") == 4
    assert imported.total("traffic", kind="timeout") == 1
    assert imported.total("latency") == 4
    assert imported.total("score") == 3
    assert imported.report.incomplete == {"no score": 1}
    (row,) = imported.rows("latency")
    assert latency_edge(row["bin"]) <= 0.0125 < latency_edge(row["bin"] + 1)


def test_unusable_scores_are_counted_by_reason(import_rows: Callable[..., Any]) -> None:
    rows = rows_of(6)
    for row, score in zip(rows, ["nan", "inf", "-0.1", "1.5", "abc", "1"], strict=True):
        row["p"] = score
    rows.append({"t": "yesterday", "p": 0.5})
    report = import_rows(rows, BASE).report
    assert report.incomplete == {
        "no score": 1,
        "score is not a number": 1,
        "score outside 0 to 1": 3,
    }
    assert report.dropped == {"no time, or none that can be read": 1}
    assert (report.rows, report.used) == (7, 6)


def test_thresholds_by_version_decide(import_rows: Callable[..., Any]) -> None:
    mapping = "service: s\ntime: t\nscore: p\nversion: v\nthreshold: {a: 0.4, b: 0.6}\n"
    imported = import_rows(rows_of(6, v=lambda i: "abc"[i % 3]), mapping)
    decisions = {row["version"]: row["decision"] for row in imported.rows("score")}
    assert decisions == {"a": 1, "b": 0, "c": -1}
    assert imported.report.incomplete == {"version without a threshold, so no decision": 2}


def test_the_sums_of_scores_are_exact(import_rows: Callable[..., Any]) -> None:
    scores = [0.0, 1.0, 0.25, 1e-7, 0.999999999]
    imported = import_rows(rows_of(5, p=lambda i: repr(scores[i])), BASE)
    assert imported.total("score", cell="sum_p") == sum(int(p * FIXED_POINT) for p in scores)
    assert imported.total("score", cell="sum_p2") == sum(int(p * p * FIXED_POINT) for p in scores)


def test_a_dimension_keeps_its_most_frequent_values(import_rows: Callable[..., Any]) -> None:
    cities = [f"city {k:02d}" for k in range(TOP + 5) for _ in range(TOP + 6 - k)]
    cities.append("")
    rows = rows_of(len(cities), city=lambda i: cities[i], app=lambda i: "ab"[i % 2])
    imported = import_rows(rows, BASE + "segments: [city, [city, app]]\n")
    values = {r["value"] for r in imported.rows("score_by_segment") if r["dimension"] == "city"}
    assert values == {f"city {k:02d}" for k in range(TOP)} | {OTHER}
    assert imported.total("score_by_segment", value=OTHER) == sum(
        city in ("", *(f"city {k:02d}" for k in range(TOP, TOP + 5))) for city in cities
    )
    pairs = [r for r in imported.rows("score_by_segment") if r["dimension"] == f"city{PAIR}app"]
    assert sum(r["n"] for r in pairs) == len(cities)
    assert {r["value"] for r in pairs} <= {v + PAIR + a for v in values for a in "ab"}


def test_a_row_without_a_value_or_version_says_so(import_rows: Callable[..., Any]) -> None:
    rows = rows_of(3, city=lambda i: "x" if i else None, v=lambda i: None if i == 2 else "v1")
    imported = import_rows(rows, BASE + "segments: [city]\nversion: v\n")
    assert imported.total("score_by_segment", value=ABSENT) == 1
    assert imported.total("traffic", version=ABSENT) == 1
    assert imported.report.incomplete == {f"no version, counted as {ABSENT}": 1}


def test_users_are_bits_and_never_words(import_rows: Callable[..., Any]) -> None:
    imported = import_rows(
        rows_of(50, who=lambda i: f"person-{i % 7}", city=lambda i: "ab"[i % 2]),
        BASE + "user: who\nsegments: [city]\n",
    )
    bits = {row["bit"] for row in imported.rows("users") if not row["dimension"]}
    assert 1 <= len(bits) <= 7
    assert {r["value"] for r in imported.rows("users")} == {"", "a", "b"}
    assert b"person" not in imported.path.read_bytes()


def test_rates_and_means(import_rows: Callable[..., Any]) -> None:
    rows = rows_of(4, refused=lambda i: ["yes", "no", None, "maybe"][i])
    for row, miss in zip(rows, [1.5, -0.5, None, 1e30], strict=True):
        row["miss"] = miss
    mapping = BASE + (
        "rates: [{name: refusal, column: refused}]\n"
        "means: [{name: error, column: miss, step: 0.25}]\n"
    )
    imported = import_rows(rows, mapping)
    assert imported.total("rate", cell="k", name="refusal") == 1
    assert imported.total("rate", name="refusal") == 2
    (mean,) = imported.rows("mean")
    assert (mean["n"], mean["sum_x"], mean["sum_x2"]) == (2, 4, 10)  # 1.0 and 2.5 in quarters
    assert imported.report.incomplete == {
        "refusal: neither 0 nor 1": 1,
        "error: too large for its step of 0.25": 1,
    }


def test_features_have_places_for_what_the_reference_never_held(
    import_rows: Callable[..., Any],
) -> None:
    reference = [
        {"p": 0.5, "x": i % 50, "c": "rare" if i < RARE_BELOW - 1 else "common"} for i in range(500)
    ]
    given: list[tuple[Any, Any]] = [
        (None, None), ("inf", "new"), ("-inf", "rare"), (-5, "common"), (99, "common"),
    ]  # fmt: skip
    rows = rows_of(5, x=lambda i: given[i][0], c=lambda i: given[i][1])
    mapping = BASE + "features: {numeric: [x], categorical: [c]}\n"
    imported = import_rows(rows, mapping, reference=reference)
    numeric, categorical = msgspec.json.decode(imported.document("bins"), type=list[FeatureBins])
    assert categorical.categories == ("common",)
    found = {
        name: {
            bins.label(row["bin"]): row["n"]
            for row in imported.rows("feature")
            if row["feature"] == name
        }
        for name, bins in (("x", numeric), ("c", categorical))
    }
    assert found["c"] == {"missing": 1, "unseen": 1, "rare": 1, "common": 2}
    assert found["x"] == {"missing": 1, "+∞": 1, "−∞": 1, "below 0": 1, "49 to 490": 1}


def test_automatic_features_leave_out_identifiers_and_what_has_a_meaning(
    import_rows: Callable[..., Any],
) -> None:
    def row(i: int) -> dict[str, Any]:
        return {
            "p": 0.5,
            "y": 1,
            "amount": i / 7,
            "shop": "ab"[i % 2],
            "order": i,
            "mail": f"{i}@x",
        }

    reference = [row(i) for i in range(200)]
    rows = [{"t": iso(START)} | row(i) for i in range(20)]
    imported = import_rows(rows, BASE + "label: y\nfeatures: auto\n", reference=reference)
    kinds = {b["name"]: b["kind"] for b in json.loads(imported.document("bins"))}
    assert kinds == {"amount": "numeric", "shop": "categorical"}
    refused = [note for note in imported.report.notes if "identifier" in note]
    assert len(refused) == 2


def test_a_shadow_scores_the_same_rows(import_rows: Callable[..., Any]) -> None:
    rows = rows_of(3, q=lambda i: [0.1, 0.9, None][i], y=1)
    mapping = BASE + "label: y\nversion: v1\nshadow: {version: v2, score: q, threshold: 0.8}\n"
    imported = import_rows(rows, mapping)
    assert imported.total("score", role="shadow", version="v2", label=1) == 2
    assert imported.total("score", role="served", version="v1", label=1) == 3
    assert imported.total("pair", decision=1, shadow_decision=0) == 1
    assert imported.total("pair", decision=1, shadow_decision=1) == 1


def test_times_that_no_file_can_hold_are_left_out(import_rows: Callable[..., Any]) -> None:
    rows = rows_of(5)
    for row, year in zip(rows, ["0001", "0999", "3000", "9999"], strict=False):
        row["t"] = f"{year}-06-01T00:00:00Z"
    metrics = [{"time": row["t"], "cpu": 1} for row in rows]
    imported = import_rows(rows, BASE, metrics=metrics)
    reason = "no time, or none that can be read"
    assert imported.report.dropped == imported.report.metrics_skipped == {reason: 4}
    assert imported.total("traffic") == 1


def test_a_column_may_mean_two_things(import_rows: Callable[..., Any]) -> None:
    rows = rows_of(40, shop=lambda i: "ab"[i % 2], id=str, churned=lambda i: i % 2)
    reference = [{"p": 0.5, "shop": "a"} for _ in range(30)]
    mapping = BASE + "user: shop\nsegments: [shop]\n"
    imported = import_rows(rows, mapping, reference=reference)
    assert imported.total("score_by_segment", value="a") == 20
    mapping = BASE + "id: id\nlabel: churned\nrates: [{name: churn, column: churned}]\n"
    labels = [{"id": str(i), "churned": 1} for i in range(40)]
    imported = import_rows(rows, mapping, labels=labels)
    assert imported.total("rate", cell="k", name="churn", dimension="") == 20
    assert imported.total("score", label=1) == 40


def test_an_identifier_is_refused_however_long_the_reference() -> None:
    pieces = (
        pa.RecordBatch.from_pydict({"id": [f"u{first + i}" for i in range(50_000)]})
        for first in range(0, 300_000, 50_000)
    )
    report = ImportReport()
    assert freeze(pieces, {"id": "categorical"}, report) == []
    assert "it looks like an identifier" in report.notes[0]


def test_scores_that_are_no_shares_are_told_once_they_are_most():
    def told(n: int) -> bool:
        report = ImportReport(used=10, incomplete={"score outside 0 to 1": n})
        return any("not percent or logit" in line for line in report.lines())

    assert told(6)
    assert not told(5)
