"""CSV as programs write it, read row for row; files that end too early are said to."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from cockpit.observe.rows import open_rows
from cockpit.records import BadInput


def read(path: Path, columns: list[str], rows: int = 2) -> list[dict[str, str | None]]:
    return [row for piece in open_rows(path).pieces(columns, rows) for row in piece.to_pylist()]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,x\n2,\n3,z\n",
        "\ufeffa,b\n1,x\n2,\n3,z",
        "a,b\r\n1,x\r\n2,\r\n3,z\r\n",
        "a,b\n\n1,x\n\n2,\n3,z\n\n",
        '"a","b"\n"1","x"\n2,""\n3,"z"\n',
        "b,a\nx,1\n,2\nz,3\n",
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_the_same_rows_however_they_are_written(tmp_path: Path, content: str, zipped: bool) -> None:
    path = tmp_path / ("f.csv.gz" if zipped else "f.csv")
    path.write_bytes(gzip.compress(content.encode()) if zipped else content.encode())
    expected = [{"a": "1", "b": "x"}, {"a": "2", "b": None}, {"a": "3", "b": "z"}]
    assert read(path, ["a", "b"]) == expected
    assert read(path, ["b"]) == [{"b": row["b"]} for row in expected]


def test_a_field_may_hold_commas_quotes_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('a,b\n"x, ""y""\nz",\x1b[2J\n')
    assert read(path, ["a", "b"]) == [{"a": 'x, "y"\nz', "b": "\x1b[2J"}]


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_no_piece_is_larger_than_asked(tmp_path: Path, rows: int) -> None:
    table = pa.table({"a": list(range(100)), "b": ["x"] * 100})
    parquet.write_table(table, tmp_path / "f.parquet")
    (tmp_path / "f.csv").write_text("a,b\n" + "".join(f"{i},x\n" for i in range(100)))
    for name in ("f.parquet", "f.csv"):
        pieces = list(open_rows(tmp_path / name).pieces(["a"], rows))
        assert max(piece.num_rows for piece in pieces) <= rows
        assert [int(a) for piece in pieces for a in piece["a"].to_pylist()] == list(range(100))


def test_files_cut_short_are_said_to_be(tmp_path: Path) -> None:
    whole = gzip.compress(("a,b\n" + "1,2\n" * 100_000).encode())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "other.csv.gz").write_bytes(b"no gzip at all")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1")
    for name in ("cut.csv.gz", "other.csv.gz", "cut.parquet"):
        with pytest.raises(BadInput, match=f"{name}: cannot be read: ".replace(".", r"\.")):
            read(tmp_path / name, ["a"])
    with pytest.raises(BadInput, match="no such file"):
        open_rows(tmp_path / "gone.csv")
