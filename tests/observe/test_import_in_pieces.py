"""The same rows give the same tables: in any order, in any pieces, from any kind of file."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import csv, parquet

from cockpit.observe.importer import ImportRequest, import_incident

MAP = """
service: shop
time: time
bucket: 1m
score: score
threshold: {v1: 0.5, v2: 0.25}
label: bought
label_time: known
id: id
user: user
version: version
segments: [region, device, [region, device]]
features: {numeric: [basket], categorical: [colour]}
rates: [{name: refused, column: refused}]
means: [{name: error, column: miss, step: 0.01}]
latency: ms
error: failure
shadow: {version: v3, score: shadow, threshold: 0.4}
"""


def shop(seed: int, n: int = 120) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A log with everything an import reads, and late, doubled and corrected labels."""
    rng = random.Random(seed)

    def some(value: Any, share: float = 0.05) -> Any:
        return None if rng.random() < share else value

    rows, labels = [], []
    for i in range(n):
        minute, second = divmod(rng.uniform(0, 300), 60)
        rows.append(
            {
                "time": some(f"2026-11-03T02:{int(minute):02d}:{second:09.6f}Z", 0.01),
                "id": f"p{i}",
                "user": some(f"u{rng.randrange(50)}"),
                "version": some(rng.choice(["v1", "v2"])),
                "score": rng.choice([rng.random(), rng.random() * 1e-5, None, 2.0, "x"]),
                "shadow": some(round(rng.random(), 3)),
                "region": some(rng.choice([f"r{min(k, 30)}" for k in range(40)])),
                "device": rng.choice(["ios", "web"]),
                "basket": some(rng.choice([rng.gauss(50, 20), 0.0, "inf"])),
                "colour": some(rng.choice(["red", "blue", "green", f"rare{rng.randrange(9)}"])),
                "refused": some(rng.choice([0, 1])),
                "miss": some(round(rng.gauss(0, 3), 2)),
                "ms": some(rng.lognormvariate(3, 1)),
                "failure": rng.choice([None, None, None, "timeout", "1", "false"]),
            }
        )
        for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
            minute, second = divmod(rng.uniform(0, 600), 60)
            known = f"2026-11-03T02:{int(minute):02d}:{second:06.3f}Z"
            labels.append({"id": f"p{i}", "bought": rng.choice([0, 1]), "known": some(known, 0.02)})
    return rows, labels


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), piece_rows=st.integers(5, 60), shuffle=st.booleans())
def test_pieces_and_order_leave_no_trace(
    import_rows: Callable[..., Any], seed: int, piece_rows: int, shuffle: bool
) -> None:
    rows, labels = shop(seed)
    reference = [{k: v for k, v in row.items() if k != "time"} for row in shop(seed + 1)[0]]
    for row in reference:
        row["bought"] = 1
    whole = import_rows(rows, MAP, labels=labels, reference=reference)
    if shuffle:
        for part in (rows, labels, reference):
            random.Random(seed).shuffle(part)
    pieces = import_rows(rows, MAP, labels=labels, reference=reference, piece_rows=piece_rows)
    assert pieces.everything() == whole.everything()
    assert pieces.report == whole.report


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), piece_rows=st.integers(5, 60))
def test_bins_frozen_from_the_early_part_do_not_depend_on_pieces(
    import_rows: Callable[..., Any], seed: int, piece_rows: int
) -> None:
    rows, labels = shop(seed)
    whole = import_rows(rows, MAP, labels=labels)
    pieces = import_rows(rows, MAP, labels=labels, piece_rows=piece_rows)
    assert pieces.everything() == whole.everything()
    assert any(note.startswith("no reference") for note in whole.report.notes)


def test_gzip_and_parquet_hold_the_same_rows(
    import_rows: Callable[..., Any], tmp_path: Path
) -> None:
    rows, _ = shop(3)
    mapping = "\n".join(line for line in MAP.splitlines() if not line.startswith(("label", "id:")))
    plain = import_rows(rows, mapping)
    source = plain.path.parent / "predictions.csv"
    zipped, table = tmp_path / "p.csv.gz", tmp_path / "p.parquet"
    with source.open("rb") as raw, gzip.open(zipped, "wb") as out:
        shutil.copyfileobj(raw, out)
    as_text = csv.ConvertOptions(column_types={"score": pa.string(), "id": pa.string()})
    parquet.write_table(csv.read_csv(source, convert_options=as_text), table)
    request = ImportRequest(
        predictions=zipped,
        map=source.parent / "map.yaml",
        output=tmp_path / "again.incident",
        user_key=b"a key for tests",
        force=True,
    )
    for predictions in (zipped, table):
        import_incident(replace(request, predictions=predictions))
        again = type(plain)(request.output, plain.report)
        assert again.everything() == plain.everything()


def test_the_key_of_users_is_random_unless_given(
    import_rows: Callable[..., Any], tmp_path: Path
) -> None:
    rows, labels = shop(4)
    first = import_rows(rows, MAP, labels=labels)
    folder = first.path.parent
    request = ImportRequest(
        predictions=folder / "predictions.csv",
        labels=folder / "labels.csv",
        map=folder / "map.yaml",
        output=tmp_path / "other.incident",
    )
    import_incident(request)
    other = type(first)(request.output, first.report)
    assert other.rows("users") != first.rows("users")
    assert other.rows("score") == first.rows("score")


@pytest.mark.parametrize("piece_rows", [1, 7])
def test_times_and_labels_by_row_order_do_not_depend_on_pieces(
    import_rows: Callable[..., Any], piece_rows: int
) -> None:
    mapping = "service: s\ntime: {start: 2026-01-01T00:00:00Z, every: 7s}\nscore: p\nlabel: y\n"
    rows = [{"p": i / 40} for i in range(40)]
    labels = [{"y": i % 3 % 2} for i in range(40)]
    whole = import_rows(rows, mapping, labels=labels)
    pieces = import_rows(rows, mapping, labels=labels, piece_rows=piece_rows)
    assert pieces.everything() == whole.everything()
    assert whole.total("score", label=1) == sum(row["y"] for row in labels)
