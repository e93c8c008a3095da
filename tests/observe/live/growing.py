"""A prediction log that grows, its live source and recording, and an import of the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cockpit.incident.file import IncidentFile
from cockpit.incident.rolling import open_recording, recording_path
from cockpit.incident.telemetry import Telemetry
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.observe.live.commit import Committer
from cockpit.observe.live.logs.source import LogSource
from cockpit.observe.live.source import Asked, Found
from cockpit.records import HOUR, SECOND, Counts, Window
from cockpit.services import load_services
from cockpit.tables import TABLES
from cockpit.units import parse_duration, parse_instant
from tests.observe.test_import_in_pieces import shop

NOW = parse_instant("2026-11-03T03:00:00Z")
LATEST = (1 << 62) - 1
SHOP = """
service: shop
incident: {{every: {every}}}
sources:
  predictions:
    path: {path}
    bucket: {bucket}
    reference: reference.csv
    time: time
    score: score
    threshold: {{v1: 0.5, v2: 0.25}}
    label: {{path: labels.csv, column: bought, time: known}}
    id: id
    user: user
    version: version
    segments: [region, device, [region, device]]
    features: {{numeric: [basket], categorical: [colour]}}
    rates: [{{name: refused, column: refused}}]
    means: [{{name: error, column: miss, step: 0.01}}]
    latency: ms
    error: failure
    shadow: {{version: v3, score: shadow, threshold: 0.4}}
"""
LABELS = "label: {{path: labels.csv, column: bought, time: known}}"
BESIDE = SHOP.replace(LABELS, "label: bought")  # labels beside the scores, known with them


def few_regions(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with so few regions that all are told apart, whenever they are met first."""
    for row in rows:
        row["region"] = row["region"] and f"r{int(row['region'][1:]) % 15}"
    return rows


def text_of(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


class Grown:
    """A folder with a configuration, a source that reads it and a recording of what it found."""

    def __init__(
        self,
        folder: Path,
        config: str = SHOP,
        path: str = "log.csv",
        every: str = "10s",
        bucket: str = "1m",
    ) -> None:
        self.folder = folder
        self.path = folder / path
        self.state = folder / "state"
        self.config = folder / "cockpit.yaml"
        self.config.write_text(config.format(path=path, every=every, bucket=bucket))
        reference = [{k: v for k, v in row.items() if k != "time"} for row in shop(1)[0]]
        (folder / "reference.csv").write_bytes(text_of(few_regions(reference)))
        size = parse_duration(bucket)
        self.file = open_recording(recording_path(self.state, "shop"), "shop", size, "")
        self.committer = Committer(self.file)
        self.now = NOW
        self.source = self.open()

    def open(self) -> LogSource:
        return LogSource(load_services(self.config)["shop"], self.file, self.state)

    async def restart(self) -> None:
        """Whatever was in memory is gone."""
        await self.source.close()
        self.source = self.open()

    async def ask(self, *, closing: bool = False, kept: bool = True) -> Found:
        """Ask, and keep the answer or lose it."""
        self.now += 10 * SECOND
        asked = Asked(self.now, self.committer.mark("predictions"), closing)
        found = await self.source.ask(asked)
        if kept:
            self.committer.commit("predictions", found, {})
        return found

    async def begin(self) -> None:
        """The first question, and all that was there before it."""
        await self.ask()
        async for found in self.source.earlier(Window(start=NOW - 6 * HOUR, end=NOW)):
            self.committer.commit("predictions", found, {}, keep_mark=False)

    def tables(self) -> dict[str, Any]:
        """What the recording holds."""
        return tables_of(self.file)

    def imported(self, predictions: Path | None = None) -> dict[str, Any]:
        """What an import of the log as it is now holds, users hashed with the same key."""
        out = self.folder / "imported.incident"
        log = self.source._log
        assert log is not None
        request = ImportRequest(
            predictions=predictions or self.path,
            config=self.config,
            output=out,
            user_key=log.ids.salt,
            force=True,
        )
        import_incident(request)
        with IncidentFile.open(out) as file:
            return tables_of(file)


def tables_of(file: IncidentFile) -> dict[str, Any]:
    """All tables by event time, the reference's and the bins, comparable with ==."""
    telemetry = Telemetry(file)
    found: dict[str, Any] = {name: file.document(name) for name in ("bins", "importance")}
    for table in TABLES:
        found[table] = plain(telemetry.counts_by_valid(table, None, LATEST))
        found[f"reference {table}"] = plain(telemetry.reference(table))
    return found


def plain(counts: Counts) -> tuple[dict[str, list[int]], dict[str, tuple[str, ...]]]:
    """Columns as lists."""
    return {k: v.tolist() for k, v in counts.columns.items()}, counts.words
