"""Small incident files and tables, made from plain rows, and read back as plain rows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from cockpit.incident.counts import coded_columns_of, columns_of
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal
from cockpit.incident.telemetry import append
from cockpit.records import MINUTE, SECOND, Counts
from cockpit.tables import NEGATIVE, NEW, POSITIVE, SERIES, TABLES, UNKNOWN

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]  # column → word or number
MINUTES = 8  # of event time in a sample


def table_of(table: str, rows: list[Row]) -> Counts:
    """Counts from rows; words are numbered as they are first seen."""
    columns, words = {}, {}
    for name in columns_of(table):
        values = [row[name] for row in rows]
        if name in coded_columns_of(table):
            words[name] = tuple(dict.fromkeys(values))
            values = [words[name].index(value) for value in values]
        columns[name] = np.array(values, dtype=np.float64 if name == "x" else np.int64)
    return Counts(table=table, columns=columns, words=words)


def rows_of(counts: Counts) -> list[Row]:
    """Rows from counts, words spelled out, in their order."""
    columns = {
        name: [counts.words[name][i] for i in column] if name in counts.words else column.tolist()
        for name, column in counts.columns.items()
    }
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def summed(table: str, rows: list[Row], *dropped: str) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """What `counts` should hold, the slow and obvious way: key → cells, label moves made."""
    cells = TABLES[table].cells
    keys = [k for k in columns_of(table) if k not in (*cells, *dropped, "was")]
    total: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(cells))
    for row in rows:
        signed = [(row, 1)]
        if row.get("was", NEW) != NEW:
            signed.append(({**row, "label": row["was"]}, -1))
        for one, sign in signed:
            cell = total[tuple(one[k] for k in keys)]
            for i, name in enumerate(cells):
                cell[i] += sign * one[name]
    return {key: tuple(cell) for key, cell in total.items() if any(cell)}


def keyed(counts: Counts) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """A table as key → cells; no key may come twice."""
    cells = TABLES[counts.table].cells
    found = {
        tuple(v for k, v in row.items() if k not in cells): tuple(row[c] for c in cells)
        for row in rows_of(counts)
    }
    assert len(found) == len(counts)
    return found


def same(one: Counts, other: Counts) -> bool:
    """Whether two tables are equal to the last code and word."""
    return (
        one.table == other.table
        and one.words == other.words
        and list(one.columns) == list(other.columns)
        and all(np.array_equal(one.columns[name], other.columns[name]) for name in one.columns)
    )


_LABELS = [(UNKNOWN, NEW), (POSITIVE, NEW), (POSITIVE, UNKNOWN), (NEGATIVE, UNKNOWN), (1, 0)]


@st.composite
def rows(draw: st.DrawFn, table: str) -> Row:
    """One row of a table: valid in the first minutes, observed at once or some minutes later."""
    description = TABLES[table]
    size = SECOND if description.clock == "fast" else MINUTE
    valid = draw(st.integers(0, MINUTES * MINUTE // size - 1)) * size
    row: Row = {name: draw(st.sampled_from(["", "a", "b", "ö ×"])) for name in description.coded}
    least = {"decision": -1, "shadow_decision": -1}
    row |= {name: draw(st.integers(least.get(name, 0), 3)) for name in description.keys}
    row |= {name: draw(st.integers(-(1 << 40), 1 << 40)) for name in description.cells}
    row |= {"valid": valid, "observed": valid + size + draw(st.integers(0, 3)) * MINUTE}
    if description.labelled:
        row["label"], row["was"] = draw(st.sampled_from(_LABELS))
    return row


def tables(table: str, most: int = 30) -> st.SearchStrategy[list[Row]]:
    """Rows of one table."""
    return st.lists(rows(table), max_size=most)


def write(file: IncidentFile, table: str, found: list[Row], period: int = 2 * MINUTE) -> None:
    """Append rows in chunks, one for each period of observation."""
    periods: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        periods[(row["observed"] - 1) // period].append(row)
    for number, some in sorted(periods.items()):
        append(file, table, number * period, (number + 1) * period, table_of(table, some))


def traffic(minutes: int = MINUTES, version: str = "v1") -> list[Row]:
    """A request a second, and an error in every tenth."""
    return [
        {
            "version": version,
            "kind": "timeout" if second % 10 == 9 else "",
            "valid": second * SECOND,
            "observed": (second + 1) * SECOND,
            "n": 1,
        }
        for second in range(minutes * 60)
    ]


def scores(minutes: int = MINUTES) -> list[Row]:
    """Ten predictions a minute, each labelled three minutes later."""
    found = []
    for minute in range(minutes):
        for i in range(10):
            row = {
                "version": "v1",
                "role": "served",
                "decision": int(i > 7),
                "bin": 100 * i,
                "valid": minute * MINUTE,
                "n": 1,
                "sum_p": i << 26,
                "sum_p2": i * i << 22,
            }
            made, known = (minute + 1) * MINUTE, (minute + 4) * MINUTE
            found.append({**row, "label": UNKNOWN, "was": NEW, "observed": made})
            found.append({**row, "label": i % 2, "was": UNKNOWN, "observed": known})
    return found


def latencies(minutes: int = MINUTES) -> list[Row]:
    """One value every ten seconds of two series."""
    return [
        {
            "name": name,
            "valid": second * SECOND,
            "observed": (second + 1) * SECOND,
            "x": base + second / 7,
        }
        for name, base in (("latency_p99", 0.2), ("queue", 40.0))
        for second in range(0, minutes * 60, 10)
    ]


def fill(file: IncidentFile) -> None:
    """Everything a file can hold, a little of each."""
    file.put_document("config", "service: fraud\n")
    file.put_document("report", '{"rows": 80}')
    write(file, "traffic", traffic())
    write(file, "score", scores())
    write(file, SERIES, latencies())
    reference = [{**row, "valid": 0, "observed": 0} for row in scores(1) if row["was"] == NEW]
    append(file, "reference/score", 0, 0, table_of("score", reference))
    journal = Journal(file, "recording")
    journal.append("deploy", 2 * MINUTE, "v2 to 10 %", {"version": "v2"})
    journal.append("page", 5 * MINUTE, "AUC fell", observed_at=5 * MINUTE + SECOND)
    journal.append("report", 6 * MINUTE, "a customer calls", {"user": "u1"})


def recording(path: Path) -> Path:
    """A finished recording at `path`."""
    with IncidentFile.create(path, service="fraud") as file:
        fill(file)
        file.finish()
    return path
