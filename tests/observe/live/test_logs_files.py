"""Files of a growing log: rotated, cut short, compressed, half written, of any kind."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from cockpit.observe.live.logs.files import LogFiles
from cockpit.observe.live.logs.mark import Position, Positions
from cockpit.observe.live.logs.tail import Tail
from cockpit.observe.live.source import SourceFailed

HEADER = b"id,name\n"


class Log:
    """A tail of a path below a folder, and the ids that it gave."""

    def __init__(self, folder: Path, path: str) -> None:
        self.folder = folder
        self.tail = Tail(LogFiles(str(folder / path)))
        self.positions = Positions()

    def add(self, name: str, data: bytes) -> None:
        with (self.folder / name).open("ab") as file:
            file.write(data)

    def read(self, now: int = 0) -> list[str]:
        """Ids of the rows that were added."""
        pieces = self.tail.added(self.positions, lambda _: ["id"], now)
        return [str(i) for piece in pieces for i in piece.rows["id"].to_pylist()]


def test_half_a_line_is_left_for_later(tmp_path: Path) -> None:
    log = Log(tmp_path, "a.csv")
    log.add("a.csv", HEADER + b"1,x\n2,")
    assert log.read() == ["1"]
    assert log.read() == []
    log.add("a.csv", b'"a\n')
    assert log.read() == []
    log.add("a.csv", b'3,b"\n4,y\n')
    assert log.read() == ["2", "4"]


def test_half_a_header_is_left_for_later(tmp_path: Path) -> None:
    log = Log(tmp_path, "a.csv")
    log.add("a.csv", HEADER[:4])
    assert log.read() == []
    log.add("a.csv", HEADER[4:] + b"1,x\n")
    assert log.read() == ["1"]


def test_a_file_that_is_moved_away_is_read_to_its_end_and_not_again(tmp_path: Path) -> None:
    log = Log(tmp_path, "*")
    log.add("a.csv", HEADER + b"1,x\n")
    assert log.read() == ["1"]
    log.add("a.csv", b"2,x\n")
    (tmp_path / "a.csv").rename(tmp_path / "a.1.csv")
    os.utime(tmp_path / "a.1.csv", (1, 1))
    log.add("a.csv", HEADER + b"3,y\n")
    assert log.read() == ["2", "3"]
    assert log.read() == []


def test_a_single_file_is_followed_to_where_it_was_moved(tmp_path: Path) -> None:
    log = Log(tmp_path, "a.csv")
    log.add("a.csv.2", HEADER + b"0,x\n")
    os.utime(tmp_path / "a.csv.2", (1_000, 1_000))
    log.add("a.csv", HEADER + b"1,x\n")
    log.add("a.csv.bak", HEADER + b"5,x\n")
    assert log.read() == ["1"]
    log.add("a.csv", b"2,x\n")
    (tmp_path / "a.csv").rename(tmp_path / "a.csv.1")
    log.add("a.csv", HEADER + b"3,y\n")
    assert sorted(log.read()) == ["2", "3"]
    assert log.read() == []


def test_a_file_that_is_compressed_is_not_read_again(tmp_path: Path) -> None:
    log = Log(tmp_path, "*")
    log.add("a.csv", HEADER + b"1,x\n2,x\n")
    assert log.read() == ["1", "2"]
    with gzip.open(tmp_path / "a.csv.gz", "wb") as out:
        out.write((tmp_path / "a.csv").read_bytes() + b"3,x\n")
    (tmp_path / "a.csv").unlink()
    assert log.read() == ["3"]


def test_a_copy_is_not_read_again(tmp_path: Path) -> None:
    log = Log(tmp_path, "*")
    log.add("a.csv", HEADER + b"1,x\n")
    assert log.read() == ["1"]
    shutil.copy(tmp_path / "a.csv", tmp_path / "a.csv.1")
    assert log.read() == []
    (tmp_path / "a.csv").write_bytes(HEADER)
    log.add("a.csv", b"7,z\n")
    assert log.read() == ["7"]


def test_a_file_that_is_cut_short_begins_anew(tmp_path: Path) -> None:
    log = Log(tmp_path, "a.csv")
    log.add("a.csv", HEADER + b"1,x\n2,x\n3,x\n")
    assert log.read() == ["1", "2", "3"]
    (tmp_path / "a.csv").write_bytes(HEADER + b"1,x\n")
    assert log.read() == ["1"]


def test_gzip_is_read_while_it_is_written(tmp_path: Path) -> None:
    log = Log(tmp_path, "a.csv.gz")
    log.add("a.csv.gz", gzip.compress(HEADER + b"1,x\n"))
    assert log.read() == ["1"]
    more = gzip.compress(b"2,x\n3,x")
    log.add("a.csv.gz", more[:15])
    log.read()
    log.add("a.csv.gz", more[15:])
    assert log.read()[-1] == "3"
    assert log.read() == []


def test_json_lines(tmp_path: Path) -> None:
    log = Log(tmp_path, "a.jsonl")
    log.add("a.jsonl", b'{"id": 1, "name": "x"}\nno json\n{"id": 2}\n{"id": "3"')
    pieces = list(log.tail.added(log.positions, lambda _: ["id", "name"], 0))
    assert [piece.rows.to_pylist() for piece in pieces] == [
        [{"id": "1", "name": "x"}, {"id": "2", "name": None}]
    ]
    assert pieces[0].malformed == 1
    log.add("a.jsonl", b', "name": {}}\n')
    assert log.read() == ["3"]


def table(*ids: int) -> pa.Table:
    return pa.table({"id": [str(i) for i in ids]})


def test_half_a_parquet_file_is_tried_again_and_told_once_it_is_old(tmp_path: Path) -> None:
    log = Log(tmp_path, "*.parquet")
    parquet.write_table(table(1, 2), tmp_path / "whole")
    data = (tmp_path / "whole").read_bytes()
    log.add("a.parquet", data[: len(data) // 2])
    written = int((tmp_path / "a.parquet").stat().st_mtime)
    assert log.read(written * 1_000_000) == []
    assert log.tail.failing == {}
    assert log.read((written + 120) * 1_000_000) == []
    assert list(log.tail.failing) == ["a.parquet"]
    log.add("a.parquet", data[len(data) // 2 :])
    assert log.read() == ["1", "2"]
    assert log.tail.failing == {}


def test_parquet_written_anew_with_more_rows_goes_on(tmp_path: Path) -> None:
    log = Log(tmp_path, "*.parquet")
    parquet.write_table(table(1, 2), tmp_path / "a.parquet", row_group_size=1)
    assert log.read() == ["1", "2"]
    parquet.write_table(table(1, 2, 3, 4), tmp_path / "a.parquet", row_group_size=3)
    assert log.read() == ["3", "4"]


def test_files_written_long_ago_fold_into_one_time(tmp_path: Path) -> None:
    log = Log(tmp_path, "*.csv")
    for i in range(4):
        log.add(f"{i}.csv", HEADER + b"%d,x\n" % i)
        os.utime(tmp_path / f"{i}.csv", (1_000 + i, 1_000 + i))
    assert log.read() == ["0", "1", "2", "3"]
    log.positions.forget(most=2)
    assert (list(log.positions.files), log.positions.forgotten) == (
        ["2.csv", "3.csv"],
        1_001_000_000,
    )
    assert log.read() == []
    log.add("4.csv", HEADER + b"4,x\n")
    assert log.read() == ["4"]


def test_what_is_skipped_can_be_read_part_by_part(tmp_path: Path) -> None:
    log = Log(tmp_path, "*.csv")
    log.add("a.csv", HEADER + b"1,x\n2,x\n3,")
    log.add("old.csv", HEADER + b"0,x\n")
    os.utime(tmp_path / "old.csv", (1_000, 1_000))
    parts = log.tail.skip(log.positions, lambda _: ["id"], 2_000 * 1_000_000, 0)
    assert [part.file.name for part in parts] == ["a.csv"]
    assert log.read() == []
    rows = [piece.rows.to_pylist() for part in parts for piece in log.tail.of(part, _ids)]
    assert rows == [[{"id": "1"}, {"id": "2"}]]
    log.add("a.csv", b"x\n")
    assert log.read() == ["3"]


def _ids(_: Any) -> list[str]:
    return ["id"]


def test_what_was_lost_between_two_positions_is_told(tmp_path: Path) -> None:
    log = Log(tmp_path, "*.csv")
    log.add("a.csv", HEADER + b"1,x\n2,x\n")
    log.read()
    again = log.tail.between({"a.csv": 12}, log.positions, _ids, 0)
    assert [piece.rows["id"].to_pylist() for piece in again] == [["2"]]
    (tmp_path / "a.csv").write_bytes(HEADER + b"9,x\n2,x\n")
    stop = Positions({**log.positions.files, "b.csv": Position(at=20)})
    assert list(log.tail.between({"a.csv": 12, "b.csv": 8}, stop, _ids, 0)) == []
    assert list(log.tail.failing) == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("path", "words"),
    [("none.csv", "none.csv: no such file"), ("*.csv", "no file of rows yet")],
)
def test_where_there_is_no_file_it_is_said(tmp_path: Path, path: str, words: str) -> None:
    with pytest.raises(SourceFailed, match=words):
        Log(tmp_path, path).read()


def test_a_pipe_and_unfinished_files_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    for name in (".b.csv", "_c.csv", "d.csv.tmp"):
        (tmp_path / name).write_bytes(HEADER + b"1,x\n")
    log = Log(tmp_path, "")
    log.add("e.jsonl", json.dumps({"id": 5}).encode() + b"\n")
    assert log.read() == ["5"]
