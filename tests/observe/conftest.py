"""Small logs written to files and imported, and the tables that come out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cockpit.incident.file import IncidentFile
from cockpit.incident.telemetry import Telemetry
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.observe.report import ImportReport
from cockpit.records import Counts, Window
from cockpit.tables import TABLES

LATEST = (1 << 62) - 1
USER_KEY = b"a key for tests"


@dataclass
class Imported:
    """A finished file, and what its import said."""

    path: Path
    report: ImportReport

    def counts(self, table: str, as_of: int = LATEST, window: Window | None = None) -> Counts:
        with IncidentFile.open(self.path) as file:
            return Telemetry(file).counts(table, window, as_of)

    def rows(self, table: str, as_of: int = LATEST) -> list[dict[str, Any]]:
        """The table's rows, words spelled out."""
        counts = self.counts(table, as_of)
        return [
            {
                name: counts.words[name][column[i]] if name in counts.words else int(column[i])
                for name, column in counts.columns.items()
            }
            for i in range(len(counts))
        ]

    def total(self, table: str, as_of: int = LATEST, cell: str = "n", **wanted: Any) -> int:
        """Sum of a cell over the rows with these keys."""
        return sum(
            row[cell]
            for row in self.rows(table, as_of)
            if all(row[key] == value for key, value in wanted.items())
        )

    def document(self, name: str) -> str:
        with IncidentFile.open(self.path) as file:
            text = file.document(name)
        assert text is not None
        return text

    def everything(self) -> dict[str, Any]:
        """All tables with both clocks, the reference's too, comparable with ==."""
        out: dict[str, Any] = {name: self.document(name) for name in ("bins", "importance")}
        with IncidentFile.open(self.path) as file:
            telemetry = Telemetry(file)
            ends = {
                end for (end,) in file.select(tuple[int], "SELECT DISTINCT observed_end FROM chunk")
            }
            for table in TABLES:
                tables = {"reference": telemetry.reference(table)}
                tables |= {str(end): telemetry.counts_by_valid(table, None, end) for end in ends}
                for moment, counts in tables.items():
                    columns = {k: v.tolist() for k, v in counts.columns.items()}
                    out[f"{table} at {moment}"] = (columns, counts.words)
        return out


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """One line for each row; None is an empty field."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def import_rows(tmp_path: Path) -> Callable[..., Imported]:
    """Import a list of rows under a map given as text; keyword arguments go to the request."""
    made = iter(range(1_000_000))

    def run(rows: Sequence[Mapping[str, Any]], mapping: str, **files: Any) -> Imported:
        folder = tmp_path / str(next(made))
        folder.mkdir()
        (folder / "map.yaml").write_text(mapping, encoding="utf-8")
        for name in ("labels", "reference", "metrics"):
            if isinstance(files.get(name), list):
                files[name] = write_csv(folder / f"{name}.csv", files[name])
        request = ImportRequest(
            predictions=write_csv(folder / "predictions.csv", rows),
            map=folder / "map.yaml",
            output=folder / "out.incident",
            user_key=USER_KEY,
            **files,
        )
        return Imported(request.output, import_incident(request))

    return run
