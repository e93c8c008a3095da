"""Telemetry as it was known: windows, both clocks, label moves, series."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.incident import telemetry as module
from cockpit.incident.cache import Cache
from cockpit.incident.counts import merge, without
from cockpit.incident.file import IncidentFile
from cockpit.incident.telemetry import Telemetry, append
from cockpit.records import MINUTE, SECOND, BadInput, Window
from cockpit.tables import SERIES, UNKNOWN
from tests.incident.samples import (
    MINUTES,
    Row,
    keyed,
    latencies,
    same,
    scores,
    summed,
    table_of,
    tables,
    traffic,
    write,
)


@contextmanager
def new_file() -> Iterator[IncidentFile]:
    """A file of its own for each example of a property."""
    with (
        TemporaryDirectory() as folder,
        IncidentFile.create(Path(folder, "f.incident"), service="s") as file,
    ):
        yield file


times = st.integers(-MINUTE, (MINUTES + 6) * MINUTE)


@settings(max_examples=50)
@given(
    st.sampled_from(["score", "traffic", "rate"]).flatmap(
        lambda t: st.tuples(st.just(t), tables(t))
    ),
    st.data(),
)
def test_a_window_sums_what_is_valid_in_it_and_was_observed(
    made: tuple[str, list[Row]], data: st.DataObject
) -> None:
    table, found = made
    with new_file() as file:
        write(file, table, found)
        telemetry = Telemetry(file)
        for _ in range(3):
            start, end, as_of = data.draw(times), data.draw(times), data.draw(times)
            seen = [r for r in found if start <= r["valid"] < end and r["observed"] <= as_of]
            window = Window(start=start, end=end)
            assert keyed(telemetry.counts(table, window, as_of)) == summed(
                table, seen, "valid", "observed"
            )
            assert keyed(telemetry.counts_by_valid(table, window, as_of)) == summed(
                table, seen, "observed"
            )


@settings(max_examples=25)
@given(tables("score_by_segment"), st.integers(1, 7), st.integers(1, 7))
def test_how_rows_were_chunked_leaves_no_trace(found: list[Row], one: int, other: int) -> None:
    views = []
    for rows, period in ((found, one), (found[::-1], other)):
        with new_file() as file:
            write(file, "score_by_segment", rows, period * MINUTE)
            views.append(Telemetry(file).counts_by_valid("score_by_segment", None, 1 << 54))
    assert same(*views)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[IncidentFile]:
    with IncidentFile.create(tmp_path / "f.incident", service="s", bucket=MINUTE) as file:
        yield file


def test_a_label_is_unknown_until_it_was_observed(file: IncidentFile) -> None:
    write(file, "score", scores())
    telemetry, first = Telemetry(file), Window(start=0, end=MINUTE)
    before = telemetry.counts("score", first, 4 * MINUTE - 1)
    after = telemetry.counts("score", first, 4 * MINUTE)
    assert set(before.columns["label"]) == {UNKNOWN}
    assert set(after.columns["label"]) == {0, 1}
    assert before.columns["n"].sum() == after.columns["n"].sum() == 10
    assert "was" not in after.columns


def test_as_of_is_the_end_of_the_last_closed_bucket(file: IncidentFile) -> None:
    telemetry = Telemetry(file)
    assert telemetry.as_of("slow", 2 * MINUTE - 1) == MINUTE
    assert telemetry.as_of("slow", 2 * MINUTE) == 2 * MINUTE
    assert telemetry.as_of("fast", 2 * MINUTE + SECOND + 5) == 2 * MINUTE + SECOND


def test_words_and_names_are_not_known_before_they_were_seen(file: IncidentFile) -> None:
    late = [{**row, "observed": row["observed"] + 4 * MINUTE} for row in traffic(2, "v2")]
    write(file, "traffic", [*traffic(), *late], period=10 * MINUTE)
    write(file, SERIES, latencies(), period=10 * MINUTE)
    telemetry = Telemetry(file)
    assert telemetry.counts("traffic", None, 4 * MINUTE).words["version"] == ("v1",)
    assert telemetry.counts("traffic", None, 9 * MINUTE).words["version"] == ("v1", "v2")
    assert telemetry.series(None, None, 0) == {}
    assert set(telemetry.series(None, None, MINUTE)) == {"latency_p99", "queue"}


def test_the_reference_comes_as_counts_and_is_no_part_of_the_span(file: IncidentFile) -> None:
    rows = [{**row, "valid": 0, "observed": 0} for row in scores(1)[::2]]
    append(file, "reference/score", 0, 0, table_of("score", rows))
    write(file, "traffic", [r for r in traffic() if r["valid"] >= MINUTE])
    telemetry = Telemetry(file)
    assert keyed(telemetry.reference("score")) == summed("score", rows, "valid", "observed")
    assert len(telemetry.reference("latency")) == 0
    assert len(telemetry.counts("score", None, MINUTE)) == 0
    assert telemetry.span() == Window(start=MINUTE, end=MINUTES * MINUTE)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 300), st.integers(0, 300), st.floats()),
        max_size=40,
        unique_by=lambda row: row[:3],
    ),
    st.data(),
)
def test_series_hold_what_was_last_observed(
    made: list[tuple[str, int, int, float]], data: st.DataObject
) -> None:
    found = [
        {"name": n, "valid": v * SECOND, "observed": (v + late) * SECOND, "x": x}
        for n, v, late, x in made
    ]
    names = data.draw(st.none() | st.sets(st.sampled_from("abcd")))
    start, end, as_of = (data.draw(st.integers(0, 700)) * SECOND for _ in range(3))
    expected: dict[str, dict[int, float]] = {}
    for row in sorted(found, key=lambda row: row["observed"]):
        wanted = names is None or row["name"] in names
        if wanted and start <= row["valid"] < end and row["observed"] <= as_of:
            expected.setdefault(row["name"], {})[row["valid"]] = row["x"]
    with new_file() as file:
        write(file, SERIES, found)
        series = Telemetry(file).series(names, Window(start=start, end=end), as_of)
    assert list(series) == sorted(expected)
    for name, (valid, x) in series.items():
        assert valid.tolist() == sorted(expected[name])
        assert np.array_equal(x, [expected[name][v] for v in valid.tolist()], equal_nan=True)


def test_a_long_window_is_summed_piece_by_piece(
    file: IncidentFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, "score", scores())
    whole = Telemetry(file).counts("score", None, 1 << 54)
    monkeypatch.setattr(module, "_MERGE_AT_ROWS", 5)
    assert same(Telemetry(file).counts("score", None, 1 << 54), whole)


def test_a_window_with_too_many_rows_is_refused(
    file: IncidentFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, "traffic", traffic())
    monkeypatch.setattr(module, "_MOST_ROWS", 100)
    with pytest.raises(BadInput, match=r"f\.incident.*more than 100 rows of traffic"):
        Telemetry(file).counts("traffic", None, 1 << 54)


def test_more_rows_than_a_chunk_holds_make_several(
    file: IncidentFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 7)
    append(file, "score", 0, 20 * MINUTE, table_of("score", scores()))
    assert len(file.select(tuple[int], "SELECT id FROM chunk")) == -(-len(scores()) // 7)
    counts = Telemetry(file).counts_by_valid("score", None, 1 << 54)
    assert keyed(counts) == summed("score", scores(), "observed")


def test_what_is_not_the_tables_is_a_mistake(file: IncidentFile) -> None:
    counts = table_of("traffic", traffic())
    with pytest.raises(ValueError, match="columns"):
        append(file, "traffic", 0, MINUTE, without(counts, "observed"))
    with pytest.raises(ValueError, match="outside"):
        append(file, "traffic", 0, MINUTE, counts)


def test_no_rows_make_no_chunk(file: IncidentFile) -> None:
    append(file, "traffic", 0, MINUTE, merge([table_of("traffic", [])]))
    assert file.select(tuple[int], "SELECT count(*) FROM chunk") == [(0,)]


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    cache, made = Cache(25), []

    def value(key: str) -> str:
        return cache.get(key, lambda: (made.append(key) or key, 10))

    assert [value(key) for key in "ababcab"] == list("ababcab")
    assert made == ["a", "b", "c", "a", "b"]


@pytest.mark.parametrize("bin_", [-1, 1 << 14, 1 << 40])
def test_a_bin_that_no_table_has_is_damage(file: IncidentFile, bin_: int) -> None:
    write(file, "latency", [{"version": "v1", "bin": bin_, "valid": 0, "observed": SECOND, "n": 1}])
    with pytest.raises(BadInput, match="column bin has a bin that no table has"):
        Telemetry(file).counts("latency", None, MINUTE)
