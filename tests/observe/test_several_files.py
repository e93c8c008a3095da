"""A folder or a pattern of files is one log: the same rows, whoever reads them, in pieces."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.observe.rows import files_of, open_rows
from cockpit.records import BadInput
from tests.observe.conftest import USER_KEY
from tests.observe.test_engine import LABELS, MAP, NEVER, Files, awkward, same


def split(folder: Path, rows: pa.Table, parts: int) -> None:
    """The rows in several files, beside what writers of such folders leave there."""
    folder.mkdir()
    (folder / "_SUCCESS.csv").touch()
    size = -(-len(rows) // parts)
    for i in range(parts):
        parquet.write_table(rows.slice(i * size, size), folder / f"part-{i}.parquet")


@pytest.mark.parametrize("engine_rows", [0, NEVER], ids=["engine", "row by row"])
def test_several_files_are_imported_as_one(tmp_path: Path, engine_rows: int) -> None:
    files, rows = Files(tmp_path), awkward(8)
    split(tmp_path / "log", rows, 3)
    mapping = MAP + LABELS["known at a time"]
    one = files.run(mapping, predictions=files.put("p.parquet", rows), engine_rows=engine_rows)
    for path in (tmp_path / "log", tmp_path / "log" / "part-*.parquet"):
        assert same(one, files.run(mapping, predictions=path, engine_rows=engine_rows))


def test_files_of_different_kinds_are_one_log(tmp_path: Path) -> None:
    rows = pa.table({"a": ["1", "2", "3"], "b": ["x", "y", "z"]})
    parquet.write_table(rows.slice(0, 1), tmp_path / "1.parquet")
    csv.write_csv(rows.slice(1, 1).select(["b", "a"]), tmp_path / "2.csv")
    with pa.CompressedOutputStream(str(tmp_path / "3.csv.gz"), "gzip") as out:
        csv.write_csv(rows.slice(2), out)
    seen: list[tuple[str, int, int]] = []
    opened = open_rows(tmp_path)
    pieces = opened.pieces(["a", "b"], 10, stage="log", progress=lambda *told: seen.append(told))
    assert [row for piece in pieces for row in piece.to_pylist()] == rows.to_pylist()
    done, totals = [told[1] for told in seen], {told[2] for told in seen}
    assert done == sorted(done)
    assert totals == {done[-1]}


def test_types_that_differ_are_read_by_row(tmp_path: Path) -> None:
    files, rows = Files(tmp_path), awkward(9)
    (tmp_path / "log").mkdir()
    half = len(rows) // 2
    parquet.write_table(rows.slice(0, half), tmp_path / "log" / "1.parquet")
    wider = rows.slice(half)
    age = rows.schema.get_field_index("age")
    wider = wider.set_column(age, "age", wider["age"].cast(pa.float64()))
    parquet.write_table(wider, tmp_path / "log" / "2.parquet")
    one = files.run(MAP, predictions=files.put("p.parquet", rows), engine_rows=NEVER)
    assert same(one, files.run(MAP, predictions=tmp_path / "log", engine_rows=0))


def test_labels_may_be_a_pattern_in_the_map(tmp_path: Path) -> None:
    for name, text in {
        "p.csv": "id,time,score\na,2026-11-03T02:00:00Z,0.9\nb,2026-11-03T02:00:01Z,0.2\n",
        "l1.csv": "id,bought\na,1\n",
        "l2.csv": "id,bought\nb,0\n",
        "map.yaml": "service: shop\ntime: time\nscore: score\nid: id\n"
        "label: {path: l*.csv, column: bought}\n",
    }.items():
        (tmp_path / name).write_text(text)
    report = import_incident(
        ImportRequest(
            output=tmp_path / "out.incident",
            predictions=tmp_path / "p.csv",
            map=tmp_path / "map.yaml",
            user_key=USER_KEY,
        )
    )
    assert (report.labels, report.labels_used) == (2, 2)


def test_files_with_other_columns_are_named(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("a,c\n1,2\n")
    with pytest.raises(BadInput, match=r"2\.csv: its columns are not those of 1\.csv: 'b' is in"):
        open_rows(tmp_path)


def test_rows_matched_by_their_order_must_be_in_one_file(tmp_path: Path) -> None:
    for name in ("1.csv", "2.csv"):
        (tmp_path / name).write_text("a\n1\n")
    with pytest.raises(BadInput, match="rows of several files have no order"):
        list(open_rows(tmp_path).pieces(["a"], 10, strict=True))


def test_nothing_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(BadInput, match="no file in this folder ends in"):
        files_of(tmp_path)
    with pytest.raises(BadInput, match="no file has such a name"):
        files_of(tmp_path / "*.csv")
    with pytest.raises(BadInput, match="no such file"):
        open_rows(tmp_path / "absent.csv")


def test_a_name_may_hold_the_signs_of_a_pattern(tmp_path: Path) -> None:
    odd = tmp_path / "log[1].csv"
    odd.write_text("a\n1\n")
    (tmp_path / "log1.csv").write_text("a\n2\n")
    assert files_of(odd) == (odd,)
