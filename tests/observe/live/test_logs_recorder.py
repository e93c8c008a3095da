"""The recorder on logs that grow: its recording holds what an import of the same rows does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from cockpit.incident.health import source_states
from cockpit.incident.journal import events
from cockpit.incident.schema import BEGUN
from cockpit.observe.live.commit import now
from cockpit.observe.live.recorder import Recorder
from cockpit.records import DAY, HOUR, SECOND
from cockpit.units import iso
from tests.observe.live.growing import BESIDE, SHOP, Grown, few_regions, text_of
from tests.observe.test_import_in_pieces import shop

ROUNDS = 4


def lately(seed: int) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows and labels of the minutes before now."""
    rows, labels = shop(seed)
    for i, row in enumerate(rows):
        row["time"] = row["time"] and iso(now() - 600 * SECOND + i * SECOND)
    for label in labels:
        label["known"] = label["known"] and iso(now())
    return few_regions(rows), labels


async def record(grown: Grown, grow: Callable[[int], None]) -> None:
    """Record while the log grows, round by round, until all of it is counted."""
    recorder = Recorder(grown.file, [grown.source], grown.state, look_back=HOUR, keep=DAY)
    task = asyncio.create_task(recorder.run())
    try:
        for number in range(ROUNDS):
            grow(number)
            await asyncio.sleep(1.2)
        expected: dict[str, object] | None = None
        for _ in range(100):
            await asyncio.sleep(0.3)
            expected = expected or grown.imported()
            if grown.tables() == expected:
                return
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert grown.tables() == expected


async def test_a_csv_and_its_labels_grow(tmp_path: Path) -> None:
    grown = Grown(tmp_path, SHOP, every="1s", bucket="2s")
    rows, labels = lately(5)
    texts = {grown.path: text_of(rows), tmp_path / "labels.csv": text_of(labels)}

    def grow(number: int) -> None:
        for path, text in texts.items():
            size = len(text) // ROUNDS + 1
            with path.open("ab") as file:
                file.write(text[number * size : (number + 1) * size])

    await record(grown, grow)
    assert grown.file.meta(BEGUN)
    assert {"map", "columns", "units"} <= set(grown.file.documents())
    states = source_states(events(grown.file))
    assert {s.name for s in states if s.failing} <= {
        "predictions/score is not a number",
        "predictions/score outside 0 to 1",
        "predictions/no time, or none that can be read",
        "predictions/version without a threshold, so no decision",
    }


async def test_files_are_added_to_hourly_folders(tmp_path: Path) -> None:
    grown = Grown(tmp_path, BESIDE, path="log/*/*.parquet", every="1s", bucket="2s")
    rows, _ = lately(6)
    for i, row in enumerate(rows):
        row["bought"] = i % 2
    (tmp_path / "all.csv").write_bytes(text_of(rows))
    texts = csv.ConvertOptions(column_types=dict.fromkeys(rows[0], pa.string()))
    table = csv.read_csv(tmp_path / "all.csv", convert_options=texts)

    def grow(number: int) -> None:
        folder = tmp_path / "log" / f"hour={number}"
        folder.mkdir(parents=True)
        size = len(table) // ROUNDS + 1
        parquet.write_table(table.slice(number * size, size), folder / "part-0.parquet")

    await record(grown, grow)
