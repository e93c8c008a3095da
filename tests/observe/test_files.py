"""What goes into the file beside the counts: metrics, events, documents; hostile text as it is."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.config import Config, Predictions
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import events
from cockpit.incident.state import RECORDING
from cockpit.incident.telemetry import Telemetry
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.observe.metrics_file import series_name
from cockpit.records import MINUTE, SECOND, BadInput, Event
from cockpit.units import iso, parse_instant
from cockpit.yamlfile import dump_effective, load

START = parse_instant("2026-11-03T02:00:00Z")
MAP = "service: s\ntime: time\nscore: score\n"
ROWS = [{"time": iso(START), "score": 0.5}]
HOSTILE = "\x1b[2J[red]evil[/]\u202egnp.exe\x07" + "A" * 10_000


def series_of(path: Path) -> dict[str, list[tuple[int, float]]]:
    with IncidentFile.open(path) as file:
        found = Telemetry(file).series(None, None, 1 << 61)
    return {
        name: list(zip(at.tolist(), x.tolist(), strict=True)) for name, (at, x) in found.items()
    }


def events_of(path: Path) -> list[Event]:
    with IncidentFile.open(path) as file:
        return events(file)


def test_a_wide_metrics_file(import_rows: Callable[..., Any]) -> None:
    metrics = [
        {"time": iso(START + i * SECOND), "p99_ms": x, "other": 1}
        for i, x in enumerate([250, "", "NaN", "inf", "fast"])
    ]
    mapping = MAP + "metrics: [{name: latency_p99, column: p99_ms, unit: ms}]\n"
    imported = import_rows(ROWS, mapping, metrics=metrics)
    assert series_of(imported.path) == {
        "latency_p99": [(START, 250.0), (START + 3 * SECOND, math.inf)]
    }
    assert imported.report.metric_values == 2
    assert imported.report.metrics_skipped == {"empty or NaN": 2, "not a number": 1}
    assert json.loads(imported.document("units")) == {"latency_p99": "ms"}


@pytest.mark.parametrize("piece_rows", [1, 100])
def test_a_long_metrics_file(import_rows: Callable[..., Any], piece_rows: int) -> None:
    metrics = [
        {"time": iso(START), "name": "p99", "value": 1, "version": "v1", "zone": ""},
        {"time": iso(START), "name": "p99", "value": 2, "version": "v2", "zone": 'a"b'},
        {"time": iso(START), "name": "p99", "value": 2, "version": "v2", "zone": 'a"b'},
        {"time": iso(START), "name": "unwanted", "value": 3, "version": "", "zone": ""},
    ]
    mapping = MAP + "metrics: [{name: latency_p99, column: p99}]\n"
    imported = import_rows(ROWS, mapping, metrics=metrics, piece_rows=piece_rows)
    assert series_of(imported.path) == {
        'latency_p99{version="v1"}': [(START, 1.0)],
        'latency_p99{version="v2",zone="a\\"b"}': [(START, 2.0)],
    }


def test_every_series_is_kept_where_the_map_names_none(import_rows: Callable[..., Any]) -> None:
    wide = import_rows(ROWS, MAP, metrics=[{"time": iso(START), "cpu": 1, "memory": 2}])
    assert set(series_of(wide.path)) == {"cpu", "memory"}
    long = import_rows(ROWS, MAP, metrics=[{"time": iso(START), "name": "cpu", "value": 1}])
    assert set(series_of(long.path)) == {"cpu"}


def test_series_names_are_sorted_and_quoted() -> None:
    assert series_name("a", {}) == "a"
    assert series_name("a", {"z": "1", "b": "x\ny", "c": ""}) == 'a{b="x\\ny",z="1"}'


def test_events_keep_both_clocks_and_are_never_known_early(
    import_rows: Callable[..., Any], tmp_path: Path
) -> None:
    lines: list[dict[str, Any]] = [
        {"time": iso(START + MINUTE), "kind": "deploy", "text": "v2 out", "version": "v2"},
        {"time": iso(START), "observed_at": iso(START + MINUTE), "kind": "report", "user": "u"},
        {"time": iso(START + SECOND), "observed_at": iso(START), "kind": "alert", "text": HOSTILE},
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    imported = import_rows(ROWS, MAP, events=path)
    report, alert, deploy = events_of(imported.path)
    assert (report.at, report.observed_at, report.data) == (START, START + MINUTE, {"user": "u"})
    assert (alert.at, alert.observed_at) == (START + SECOND, START + SECOND)
    assert alert.text == HOSTILE[:10_000]
    assert (deploy.kind, deploy.data, deploy.writer) == ("deploy", {"version": "v2"}, RECORDING)
    assert imported.report.events == 3
    assert sum(imported.report.incomplete.values()) == 1


def test_events_of_a_csv_are_those_of_json_lines(
    import_rows: Callable[..., Any], tmp_path: Path
) -> None:
    as_csv, as_json = tmp_path / "events.csv", tmp_path / "events.jsonl"
    as_csv.write_text(f'time,kind,text,segment\n{iso(START)},page,"two\nlines",region=BR\n')
    fields = {"time": iso(START), "kind": "page", "text": "two\nlines", "segment": "region=BR"}
    as_json.write_text(json.dumps(fields))
    one, other = (events_of(import_rows(ROWS, MAP, events=p).path)[0] for p in (as_csv, as_json))
    assert (one.at, one.kind, one.text, one.data) == (other.at, other.kind, other.text, other.data)
    assert one.text == "two\nlines"


@pytest.mark.parametrize(
    ("kinds", "opens_at"),
    [
        (["alert", "page"], 60 * MINUTE - 90 * SECOND),
        (["alert"], 30 * MINUTE - 90 * SECOND),
        ([], 15 * MINUTE),
    ],
)
def test_a_replay_opens_shortly_before_the_page(
    import_rows: Callable[..., Any], tmp_path: Path, kinds: list[str], opens_at: int
) -> None:
    at = {"alert": START + 30 * MINUTE, "page": START + 60 * MINUTE}
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps({"time": iso(at[k]), "kind": k}) for k in kinds))
    rows = [{"time": iso(START + i * MINUTE), "score": 0.5} for i in range(90)]
    imported = import_rows(rows, MAP, events=path)
    with IncidentFile.open(imported.path) as file:
        assert int(file.meta("opens_at")) == START + opens_at
        assert file.service == "s"
        assert file.bucket == MINUTE


def test_hostile_words_are_stored_as_they_are_but_bounded(
    import_rows: Callable[..., Any],
) -> None:
    row = {"time": iso(START), "score": 0.5, "region": HOSTILE, "v": HOSTILE, "e": HOSTILE}
    mapping = MAP + "segments: [region]\nversion: v\nerror: e\nfeatures: {categorical: [region]}\n"
    imported = import_rows([row] * 30, mapping)
    stored = HOSTILE[:1_000]
    assert imported.total("score", version=stored) == 30
    assert imported.total("score_by_segment", value=stored) == 30
    assert imported.total("traffic", kind=stored) == 30


def test_documents_are_kept_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"time,score\n{iso(START)},0.5\n")
    (tmp_path / "schema.yaml").write_text("inputs: [amount]\n")
    config = (
        "service: s\n# a remark\nsources:\n  predictions: {time: time, score: score,"
        " schemas: {v1: schema.yaml}}\n"
    )
    (tmp_path / "cockpit.yaml").write_text(config)
    output = tmp_path / "out.incident"
    import_incident(
        ImportRequest(
            predictions=tmp_path / "p.csv", config=tmp_path / "cockpit.yaml", output=output
        )
    )
    with IncidentFile.open(output) as file:
        assert file.document("config") == config
        assert file.document("schema/v1") == "inputs: [amount]\n"
        text = file.document("map")
        assert text is not None
    kept = load(text, Predictions, "map")
    declared = load(config, Config, "config").sources.predictions
    assert kept == declared
    assert dump_effective(kept) == text


def test_of_several_services_one_is_imported(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"time,score\n{iso(START)},0.5\n")
    (tmp_path / "cockpit.yaml").write_text(
        "sources: {predictions: {time: time, score: score}}\n"
        "services: {fraud: {}, loans: {timezone: Europe/Berlin}}\n"
    )
    request = ImportRequest(
        predictions=tmp_path / "p.csv",
        config=tmp_path / "cockpit.yaml",
        service="loans",
        output=tmp_path / "out.incident",
    )
    import_incident(request)
    with IncidentFile.open(request.output) as file:
        kept = load(file.document("config") or "", Config, "config")
        assert (file.service, kept.service, kept.timezone) == ("loans", "loans", "Europe/Berlin")
        assert kept.services == {}
    with pytest.raises(BadInput, match="services: several; say which one"):
        import_incident(replace(request, service="", output=tmp_path / "other.incident"))


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("time,score\n" + f"{iso(START)},0.5\n" * 100)
    (tmp_path / "map.yaml").write_text(MAP)
    seen: list[tuple[str, int, int]] = []
    import_incident(
        ImportRequest(
            predictions=tmp_path / "p.csv",
            map=tmp_path / "map.yaml",
            output=tmp_path / "out.incident",
        ),
        lambda stage, done, total: seen.append((stage, done, total)),
    )
    stage, done, total = seen[-1]
    assert stage == "predictions"
    assert done == total
