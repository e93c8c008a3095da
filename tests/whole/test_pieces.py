"""The same log in one piece and in ten gives the same tables; merged in any order they agree."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.incident.counts import merge
from cockpit.incident.file import IncidentFile
from cockpit.incident.telemetry import Telemetry
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.records import MINUTE, Counts, Window
from cockpit.tables import TABLES
from tests.whole.conftest import differences, few
from tests.whole.made import Log, made
from tests.whole.test_no_future import everything_known

ROWS = 1_000
EVER = (1 << 62) - 1


def imported(log: Log, folder: Path, piece_rows: int) -> Path:
    given_files = log.write(folder)
    files = {
        option.removeprefix("--"): Path(file)
        for option, file in zip(given_files[::2], given_files[1::2], strict=True)
    }
    request = ImportRequest(
        **files, output=folder / "out.incident", piece_rows=piece_rows, user_key=b"a key"
    )
    import_incident(request)
    return request.output


def tables(file: Path) -> dict[str, Counts]:
    """Every table with both clocks, and the reference's."""
    with IncidentFile.open(file) as opened:
        telemetry = Telemetry(opened)
        found = {name: telemetry.counts_by_valid(name, None, EVER) for name in TABLES}
        return found | {f"reference {name}": telemetry.reference(name) for name in TABLES}


def chunks(file: Path) -> list[tuple[str, str]]:
    """Name and hash of every chunk, in order."""
    with IncidentFile.open(file) as opened:
        return opened.select(tuple[str, str], "SELECT name, hash FROM chunk ORDER BY id")


def same(one: Counts, other: Counts) -> bool:
    return one.words == other.words and all(
        one.columns[name].tolist() == other.columns[name].tolist() for name in one.columns
    )


@pytest.fixture(scope="module")
def log() -> Log:
    return made(seed=3, rows=ROWS)


@pytest.fixture(scope="module")
def in_one_piece(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(log, tmp_path_factory.mktemp("one"), piece_rows=1_000_000)


@pytest.mark.parametrize("piece_rows", [ROWS // 10, 7])
def test_an_import_in_pieces_is_the_same_file(
    log: Log, in_one_piece: Path, tmp_path: Path, piece_rows: int
) -> None:
    in_pieces = imported(log, tmp_path, piece_rows)
    assert chunks(in_pieces) == chunks(in_one_piece)
    with IncidentFile.open(in_one_piece) as one:
        end = one.span().end
    assert not differences(everything_known(in_pieces, end), everything_known(in_one_piece, end))


def test_the_order_of_rows_leaves_no_trace(log: Log, in_one_piece: Path, tmp_path: Path) -> None:
    rng = random.Random(5)
    shuffled = replace(
        log,
        **{
            name: rng.sample(rows, len(rows))
            for name in ("predictions", "labels", "reference", "metrics", "events")
            if (rows := getattr(log, name))
        },
    )
    one, other = tables(in_one_piece), tables(imported(shuffled, tmp_path, piece_rows=90))
    assert all(same(one[name], other[name]) for name in one)


@few(30)
@given(data=st.data(), name=st.sampled_from(sorted(TABLES)))
def test_tables_merged_in_any_order_are_equal(
    in_one_piece: Path, data: st.DataObject, name: str
) -> None:
    with IncidentFile.open(in_one_piece) as file:
        telemetry = Telemetry(file)
        start = telemetry.span().start
        whole = telemetry.counts_by_valid(name, None, EVER)
        cuts = sorted(data.draw(st.sets(st.integers(1, 39), max_size=9)))
        edges = [start, *(start + c * MINUTE for c in cuts), EVER]
        parts = [
            telemetry.counts_by_valid(name, Window(start=a, end=b), EVER)
            for a, b in pairwise(edges)
        ]
    order = data.draw(st.permutations(parts))
    assert same(merge(list(order)), whole)
    # Nor does it matter which are merged first.
    middle = data.draw(st.integers(0, len(order)))
    halves = [merge(list(half)) for half in (order[:middle], order[middle:]) if half]
    assert same(merge(halves), whole)
