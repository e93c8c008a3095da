"""The same rows give the same incident: row by row, by DuckDB in any slices, by ClickHouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from cockpit.observe.engine import opening
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.observe.reading import Counting
from tests.observe.clickhouse import Chdb
from tests.observe.conftest import USER_KEY, Imported

ROWS = 1_000
START = 1_709_604_000_000_000
NEVER = 1 << 60  # more rows than any file has
STAMP = pa.timestamp("us", "UTC")
MAP = """
service: shop
time: time
bucket: 5m
score: score
threshold: {v1: 0.5, v2: 0.25}
user: user
version: version
segments: [region, device, [region, device]]
features: {numeric: [basket, age], categorical: [colour]}
rates: [{name: refused, column: refused}]
means: [{name: error, column: miss, step: 0.5}]
latency: ms
error: failure
shadow: {version: v3, score: shadow, threshold: 0.4}
"""


def awkward(seed: int, rows: int = ROWS) -> pa.Table:
    """A log with every kind of value that a typed column can hold, in no order."""
    random = np.random.default_rng(seed)

    def some(values: Any, kind: pa.DataType, missing: float = 0.05) -> pa.Array:
        plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
        return pa.array(plain, kind, mask=random.random(rows) < missing)

    def mixed(values: Any, odd: list[float]) -> Any:
        return np.where(random.random(rows) < 0.05, random.choice(odd, rows), values)

    at = START + random.integers(0, 3600_000_000, rows)
    at[:2] = [-62_000_000_000_000_000, 0]  # before what a file can hold, and no time
    at[2] = -12_345_678_901  # before 1970
    score = mixed(10.0 ** random.uniform(-7, 0, rows), [np.nan, np.inf, -0.0, 0.0, 1.0, 1.5, -1.0])
    known = at + random.integers(-300_000_000, 2400_000_000, rows)
    return pa.table(
        {
            "id": some(random.integers(0, rows, rows), pa.int64()),
            "time": some(at, STAMP, 0.01),
            "score": some(score, pa.float64()),
            "shadow": some(score, pa.float32()),
            "prediction": some(random.random(rows) < 0.2, pa.bool_()),
            "bought": some(random.choice([0, 1, 2], rows), pa.int64(), 0.3),
            "known": some(known, STAMP),
            "user": some((f"u{i}" for i in random.integers(0, 300, rows)), pa.string()),
            "version": some(random.choice(["v1", "v2", "v9", ""], rows), pa.string()),
            "region": some((f"r{i}'\\" for i in random.zipf(1.5, rows) % 40), pa.string()),
            "device": some(random.random(rows) < 0.5, pa.bool_()),
            "refused": some(mixed(random.integers(0, 2, rows), [2.0, np.nan]), pa.float64()),
            "miss": some(mixed(random.integers(-9, 9, rows) / 4, [1e300, np.inf]), pa.float64()),
            "ms": some(mixed(random.lognormal(3, 1, rows), [-1.0, -0.0, 0.0, 1e300]), pa.float64()),
            "failure": some(random.choice(["ok", "timeout", "yes", " "], rows), pa.string(), 0.5),
            "basket": some(
                mixed(np.round(random.lognormal(3, 1, rows), 1), [np.nan, np.inf, -np.inf]),
                pa.float32(),
            ),
            "age": some(random.integers(0, 60, rows), pa.int16()),
            "colour": some((f"c{i}" for i in random.zipf(1.6, rows) % 90), pa.string()),
        }
    )


def corrections(seed: int) -> pa.Table:
    """Labels in a table of their own: repeated, corrected, of nobody, early and late."""
    random = np.random.default_rng(seed)
    n = 2 * ROWS
    known = START + random.integers(-300_000_000, 9000_000_000, n)
    return pa.table(
        {
            "id": pa.array(random.integers(0, ROWS + 200, n), mask=random.random(n) < 0.02),
            "bought": pa.array(random.choice([0, 1, 2], n), mask=random.random(n) < 0.05),
            "known": pa.array(known.tolist(), STAMP, mask=random.random(n) < 0.05),
        }
    )


@dataclass
class Files:
    """An import's files in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self.made = 0

    def put(self, name: str, rows: pa.Table) -> Path:
        parquet.write_table(rows, self.folder / name)
        return self.folder / name

    def run(self, mapping: str, **request: Any) -> Imported:
        self.made += 1
        (self.folder / "map.yaml").write_text(mapping)
        output = self.folder / f"{self.made}.incident"
        wanted = ImportRequest(
            map=self.folder / "map.yaml", output=output, user_key=USER_KEY, **request
        )
        return Imported(output, import_incident(wanted))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def same(one: Imported, other: Imported) -> bool:
    """Whether two incidents hold the same tables, at all times, and reports say the same."""
    everything, others = one.everything(), other.everything()
    assert [key for key in everything if everything[key] != others.get(key)] == []
    told, told_too = (msgspec.to_builtins(i.report) for i in (one, other))
    assert told == told_too
    return everything.keys() == others.keys()


BESIDE = "label: bought\n"
LABELS = {
    "known at a time": BESIDE + "label_time: known\n",
    "known after a while": BESIDE + "label_delay: 7m\n",
    "known at once": BESIDE,
    "soon, of one decision": "label: {column: bought, time: known, horizon: 10m}\n"
    "labels_only_when: decision=0\n",
}
APART = {
    "corrected": "id: id\nlabel: {column: bought, time: known, horizon: 2h}\n",
    "contradicted": "id: id\nlabel: {column: bought}\nlabel_delay: 11m\n",
    "all at once": "id: id\nlabel: {column: bought}\n",
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_duckdb_counts_a_typed_file_as_rows_are_read(files: Files, labels: str) -> None:
    predictions = files.put("p.parquet", awkward(1))
    by_row = files.run(MAP + labels, predictions=predictions, engine_rows=NEVER)
    by_engine = files.run(MAP + labels, predictions=predictions, engine_rows=0, slice_rows=900)
    assert same(by_row, by_engine)


@pytest.mark.parametrize("labels", APART.values(), ids=APART)
def test_labels_of_a_file_of_their_own_are_joined_alike(files: Files, labels: str) -> None:
    given = {
        "predictions": files.put("p.parquet", awkward(2)),
        "labels": files.put("l.parquet", corrections(2)),
    }
    by_row = files.run(MAP + labels, **given, engine_rows=NEVER)
    by_engine = files.run(MAP + labels, **given, engine_rows=0, slice_rows=900)
    assert same(by_row, by_engine)


def test_a_reference_is_counted_alike(files: Files) -> None:
    reference = awkward(4).drop_columns(["time", "version", "known", "user", "failure", "device"])
    mapping = MAP.replace("device, [region, device]", "colour") + LABELS["known at a time"]
    given = {
        "predictions": files.put("p.parquet", awkward(3)),
        "reference": files.put("r.parquet", reference),
    }
    by_row = files.run(mapping, **given, engine_rows=NEVER)
    assert same(by_row, files.run(mapping, **given, engine_rows=0))


def test_times_may_be_integers_and_features_found(files: Files) -> None:
    rows = awkward(5)
    seconds = pa.compute.cast(rows["time"], pa.int64())
    rows = rows.set_column(1, "time", seconds).drop_columns(
        ["id", "region", "colour", "prediction"]
    )
    mapping = "service: shop\ntime: time\nscore: score\nversion: v1\nfeatures: auto\nuser: user\n"
    mapping += "error: failure\nsegments: [device]\n"
    predictions = files.put("p.parquet", rows.drop_columns(["version", "known"]))
    by_row = files.run(mapping, predictions=predictions, engine_rows=NEVER)
    assert same(by_row, files.run(mapping, predictions=predictions, engine_rows=0, slice_rows=600))


@pytest.mark.parametrize("labels", [LABELS["known at a time"], APART["corrected"]])
def test_clickhouse_counts_as_rows_are_read(
    files: Files, labels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"predictions": files.put("p.parquet", awkward(6, 600))}
    apart = labels == APART["corrected"]
    if apart:
        given["labels"] = files.put("l.parquet", corrections(6))
    by_row = files.run(MAP + labels, **given, engine_rows=NEVER)

    def connect(_: str) -> Chdb:
        engine = Chdb()
        for name, path in given.items():
            engine.file(name, path)
        return engine

    monkeypatch.setattr(opening, "connect", connect)
    named = "ibis: clickhouse://reader@host/db\ntable: predictions\n"
    in_table = labels.replace("{column", "{table: labels, column") if apart else labels
    assert same(by_row, files.run(MAP + in_table + named, slice_rows=400))


def test_columns_as_people_write_them_are_read_by_row(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = awkward(7)
    written = pa.array([None if s is None else f"{s}" for s in rows["score"].to_pylist()])
    predictions = files.put("p.parquet", rows.set_column(2, "score", written))
    monkeypatch.setattr(Counting, "run", lambda *_: pytest.fail("read by row"))
    with pytest.raises(pytest.fail.Exception, match="read by row"):
        files.run(MAP, predictions=predictions, engine_rows=0)
