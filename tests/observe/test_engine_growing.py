"""A table of an engine that grows, against an import of the same table."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cockpit.incident.file import IncidentFile
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.observe.live.logs.mark import Positions
from cockpit.observe.live.logs.source import LogSource
from cockpit.observe.live.source import SourceFailed
from cockpit.records import HOUR, MINUTE, SECOND, BadInput
from cockpit.services import load_services
from tests.observe.live.growing import NOW, Grown, tables_of

duckdb = pytest.importorskip("duckdb")
LAG = 30 * SECOND
STAMP = pa.timestamp("us", "UTC")
CONFIG = """
service: shop
incident: {{every: {every}}}
sources:
  predictions:
    ibis: duckdb:///{path}
    table: log
    reference_table: reference
    lag: 30s
    bucket: {bucket}
    time: time
    score: score
    threshold: {{v1: 0.5, v2: 0.25}}
    label: {{table: labels, column: bought, time: known}}
    id: id
    user: user
    version: version
    segments: [region]
    features: {{numeric: [basket], categorical: [colour]}}
    latency: ms
    error: failure
"""


def log(start: int, n: int, seed: int) -> pa.Table:
    """Predictions, one each two seconds."""
    rng = random.Random(seed)
    return pa.table(
        {
            "time": pa.array([start + i * 2 * SECOND for i in range(n)], STAMP),
            "id": [f"p{seed}-{i}" for i in range(n)],
            "user": [f"u{rng.randrange(50)}" for _ in range(n)],
            "version": [rng.choice(["v1", "v2"]) for _ in range(n)],
            "score": pa.array([rng.choice([rng.random(), None]) for _ in range(n)], pa.float64()),
            "region": [rng.choice(["north", "south", None]) for _ in range(n)],
            "basket": [rng.gauss(50, 20) for _ in range(n)],
            "colour": [rng.choice(["red", "blue", "green"]) for _ in range(n)],
            "ms": [rng.lognormvariate(3, 1) for _ in range(n)],
            "failure": [rng.choice([None, None, "timeout"]) for _ in range(n)],
        }
    )


def labels(rows: pa.Table, seed: int) -> pa.Table:
    """Labels minutes later; some are corrected."""
    rng = random.Random(seed)
    told = [
        {"id": name, "bought": rng.randrange(2), "known": at + rng.randrange(1, 300) * SECOND}
        for name, at in zip(
            rows["id"].to_pylist(), rows["time"].cast(pa.int64()).to_pylist(), strict=True
        )
        for _ in range(rng.choice([0, 1, 1, 2]))
    ]
    found = pa.Table.from_pylist(sorted(told, key=lambda label: label["known"]))
    return found.set_column(2, "known", found["known"].cast(STAMP))


class Warehouse(Grown):
    """A DuckDB file that grows, its source, and an import of it."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.database = folder / "warehouse.db"
        self.rows = log(NOW - 20 * MINUTE, 1_200, 1)  # they end twenty minutes after NOW
        self.labels = labels(self.rows, 2)
        self._run("CREATE TABLE log AS FROM given LIMIT 0", self.rows)
        self._run("CREATE TABLE labels AS FROM given LIMIT 0", self.labels)
        self._run("CREATE TABLE reference AS FROM given", log(NOW - 9 * HOUR, 2_000, 3))
        super().__init__(folder, config, path=str(self.database))

    def _run(self, statement: str, given: pa.Table) -> None:
        with duckdb.connect(self.database) as connection:
            connection.register("given", given)
            connection.execute(statement)

    def grow_to(self, at: int) -> None:
        """What happened, or was known, before a time is there."""
        for name, rows, time in (("log", self.rows, "time"), ("labels", self.labels, "known")):
            there = rows.filter(pc.less(rows[time].cast(pa.int64()), at))
            self._run(f"INSERT INTO {name} FROM given EXCEPT FROM {name}", there)

    async def go_on(self, steps: int, *, kept: bool = True) -> None:
        """Ask so often, ten seconds apart; each row is there just in time."""
        for _ in range(steps):
            closing = (self.now + 10 * SECOND) % MINUTE == 50 * SECOND
            self.grow_to(self.now + 10 * SECOND - LAG // 2)
            await self.ask(closing=closing, kept=kept)

    def imported(self, predictions: Path | None = None) -> dict[str, Any]:
        out = self.folder / "imported.incident"
        key = self.source._log.ids.salt
        request = ImportRequest(config=self.config, output=out, user_key=key, force=True)
        import_incident(request)
        with IncidentFile.open(out) as file:
            return tables_of(file)


async def test_what_is_read_as_it_comes_is_what_an_import_counts(tmp_path: Path):
    grown = Warehouse(tmp_path)
    grown.grow_to(NOW)
    await grown.begin()
    await grown.go_on(9)
    await grown.restart()
    await grown.go_on(2, kept=False)  # answers that were lost
    await grown.go_on(4)
    grown.grow_to(NOW + HOUR)
    grown.now = NOW + HOUR + 20 * SECOND  # an outage; all is there by now
    for _ in range(20):
        await grown.ask(closing=True)
        if grown.tables() == grown.imported():
            break
    assert grown.tables() == grown.imported()
    await grown.source.close()


async def test_requests_are_told_of_once_they_are_surely_there(tmp_path: Path):
    grown = Warehouse(tmp_path)
    grown.grow_to(NOW)
    await grown.begin()
    found = await grown.ask()
    assert found.until == grown.now - LAG
    (traffic,) = [counts for counts in found.counts if counts.table == "traffic"]
    assert traffic.columns["valid"].max() < grown.now - LAG
    await grown.source.close()


async def test_a_table_that_is_gone_or_an_engine_that_is_down_is_said(tmp_path: Path):
    grown = Warehouse(tmp_path)
    grown.grow_to(NOW)
    await grown.begin()
    with duckdb.connect(grown.database) as connection:
        connection.execute("ALTER TABLE log RENAME TO history")
    with pytest.raises(SourceFailed, match="table 'log' is not there"):
        await grown.ask()
    with duckdb.connect(grown.database) as connection:
        connection.execute("ALTER TABLE history RENAME TO log")
    await grown.go_on(1)
    grown.database.unlink()
    with pytest.raises(SourceFailed, match="no such file"):
        await grown.ask()
    await grown.source.close()


def test_labels_of_a_table_need_times(tmp_path: Path):
    config = CONFIG.replace("column: bought, time: known", "column: bought")
    with pytest.raises(BadInput, match="labels of a table that grows are in a table with times"):
        Warehouse(tmp_path, config)


async def test_the_past_is_read_in_pieces_of_few_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("cockpit.observe.engine.growing._MOST_ROWS", 50)
    grown = Warehouse(tmp_path)
    grown.grow_to(NOW)
    source = LogSource(load_services(grown.config)["shop"], grown.file, grown.state)
    tail = source._predictions
    part = tail.skip(Positions(), lambda rows: rows.columns, NOW - HOUR, NOW)[0]
    pieces = list(tail.of(part, lambda _: ["time"]))
    assert max(piece.rows.num_rows for piece in pieces) <= 50
    times = [at for piece in pieces for at in piece.rows["time"].cast(pa.int64()).to_pylist()]
    assert sorted(times) == [
        at for at in grown.rows["time"].cast(pa.int64()).to_pylist() if part.start <= at < NOW - LAG
    ]
    assert len(set(times)) == len(times)
