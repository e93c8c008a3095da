"""Engines read, bin and round each value as numpy and Python do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.expr import types as ir
from pyarrow import parquet

from cockpit import bins
from cockpit.observe import values
from cockpit.observe.engine import binning, columns, exact
from cockpit.observe.engine.connect import DuckDB
from cockpit.tables import USER_BITS
from tests.observe.clickhouse import Chdb

Ask = Callable[[pa.Table, Callable[[ir.Table, str], dict[str, ir.Value]]], pa.Table]
KEY = b"a key for tests"


@pytest.fixture(scope="module", params=[DuckDB, Chdb], ids=["duckdb", "clickhouse"])
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Evaluate expressions over a table, in the order of its rows."""
    folder, asked = tmp_path_factory.mktemp("given"), count()
    engine = request.param("duckdb") if request.param is DuckDB else Chdb()

    def run(rows: pa.Table, make: Callable[[ir.Table, str], dict[str, ir.Value]]) -> pa.Table:
        name = f"given_{next(asked)}"
        path = folder / f"{name}.parquet"
        parquet.write_table(rows.append_column("row", pa.array(range(rows.num_rows))), path)
        table = engine.file(name, path)
        expression = table.select(row=table.row, **make(table, engine.dialect))
        return engine.fetch(engine.sql(expression), expression).sort_by("row")

    with engine:
        yield run


def hard_scores() -> np.ndarray:
    random = np.random.default_rng(1)
    edges = bins.score_edges()
    every = np.concatenate(
        [
            *(f(e) for e in (edges, bins.segment_edges()) for f in (np.array, up, down)),
            random.random(20_000),
            random.random(20_000).astype(np.float32),
            np.round(random.random(5_000), 2),
            10.0 ** random.uniform(-12, 0, 20_000),
            1.0 - 10.0 ** random.uniform(-12, 0, 20_000),
            [0.0, -0.0, 1.0, 5e-324, 1e-300],
        ]
    )
    return every[(every >= 0.0) & (every <= 1.0)]


def up(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.nextafter(x, np.inf)


def down(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.nextafter(x, -np.inf)


def test_scores_fall_where_numpy_puts_them(ask: Ask) -> None:
    p = hard_scores()
    found = ask(
        pa.table({"p": p}),
        lambda t, _: {"bin": binning.score_bin(t.p), "cell": binning.segment_bin(t.p)},
    )
    np.testing.assert_array_equal(found["bin"].to_numpy(), bins.score_bin(p))
    np.testing.assert_array_equal(found["cell"].to_numpy(), bins.segment_bin(p))


def test_latencies_fall_where_their_bits_put_them(ask: Ask) -> None:
    edges = bins.latency_edge(np.arange(0, bins.latency_bin(np.array([1e9]))[0] + 1))
    random = 10.0 ** np.random.default_rng(2).uniform(-45, 8.9, 20_000)
    seconds = np.concatenate([edges, up(edges), down(edges), random, [0.0, -0.0, 1e-46]])
    seconds = seconds[(seconds >= 0.0) & (seconds < 1e9)]

    def single(t: ir.Table, _: str) -> dict[str, ir.Value]:
        return {"bin": binning.latency_bin(t.s.cast("float32").cast("float64"))}

    found = ask(pa.table({"s": seconds}), single)
    np.testing.assert_array_equal(found["bin"].to_numpy(), bins.latency_bin(seconds))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40, unique=True)
)
def test_features_fall_between_their_edges(ask: Ask, edges: list[float]) -> None:
    edges = sorted(set(edges))
    feature = bins.FeatureBins(name="x", kind="numeric", edges=tuple(edges))
    around = np.array(edges)
    x = np.concatenate([around, up(around), down(around), [np.nan, np.inf, -np.inf]])
    found = ask(pa.table({"x": x}), lambda t, _: {"bin": binning.numeric_bin(t.x, feature.edges)})
    np.testing.assert_array_equal(found["bin"].to_numpy(), feature.digitize(x))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_constants_are_exact(ask: Ask, constants: list[float]) -> None:
    found = ask(
        pa.table({"x": [0.0]}),
        lambda t, _: {f"c{i}": exact.constant(c) for i, c in enumerate(constants)},
    )
    assert [found[f"c{i}"][0].as_py() for i in range(len(constants))] == constants


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.floats(-1e12, 1e12) | st.integers(-99, 99).map(lambda i: i / 2), min_size=1))
def test_halves_go_to_the_even_number(ask: Ask, x: list[float]) -> None:
    found = ask(
        pa.table({"x": pa.array(x, pa.float64())}), lambda t, _: {"r": exact.nearest_even(t.x)}
    )
    assert found["r"].to_pylist() == np.rint(x).astype(int).tolist()


EPOCHS = [0, 1, -1, 10**9, 1_709_604_000, 10**11 - 1, 10**11, 1_709_604_000_123, 10**14, 2**62,
          1_709_604_000_123_457, 10**17, 1_709_604_000_123_456_789, -(10**15), None]  # fmt: skip


@pytest.mark.parametrize(
    "column",
    [
        pa.array(EPOCHS, pa.int64()),
        pa.array([v and v % 10**9 for v in EPOCHS], pa.int32()),
        pa.array(EPOCHS, pa.timestamp("us", "UTC")).filter(
            pa.array([v is None or abs(v) < 9e15 for v in EPOCHS])
        ),
        pa.array(
            [0, 1_709_604_000_123_456_789, 1_709_604_000_000_001_500, None], pa.timestamp("ns")
        ),
        pa.array([0, 1_709_604_000_123, None], pa.timestamp("ms")),
    ],
    ids=lambda c: str(c.type),
)
def test_times_are_read_alike(ask: Ask, column: pa.Array) -> None:
    found = ask(
        pa.table({"t": column}),
        lambda t, dialect: {
            "event": columns.event_time(t.t, dialect),
            "known": columns.label_time(t.t, dialect),
        },
    )
    read = values.times(column)
    assert filled(found["event"]) == values.in_era(read).tolist()
    assert filled(found["known"]) == read.tolist()


def filled(column: pa.ChunkedArray) -> list[int]:
    return [values.NO_TIME if at is None else at for at in column.to_pylist()]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([True, False, None]),
        pa.array([0, 1, 2, -1, None], pa.int8()),
        pa.array([0.0, -0.0, 1.0, 0.5, np.nan, np.inf, None], pa.float32()),
    ],
    ids=lambda c: str(c.type),
)
def test_yes_and_no_are_read_alike(ask: Ask, column: pa.Array) -> None:
    def read(t: ir.Table, _: str) -> dict[str, ir.Value]:
        flag = columns.flags(t.f)
        return {"flag": flag.coalesce(-1), "bad": columns.present(t.f) & flag.isnull()}

    found = ask(pa.table({"f": column}), read)
    flags, bad = values.flags(column)
    assert found["flag"].to_pylist() == flags.tolist()
    assert found["bad"].to_pylist() == bad.tolist()


WORDS = ["", "a", "NaN", "O'Neill", 'say "x"', "back\\slash", "\\n", "line\nfeed", "tab\t", "café",
         "東京", "🦀", " ", "%_", "--", None]  # fmt: skip


def test_words_and_users_are_read_alike(ask: Ask) -> None:
    for column in (pa.array(WORDS), pa.array([0, -7, None, 2**40]), pa.array([True, None, False])):
        found = ask(
            pa.table({"w": column}),
            lambda t, dialect: {
                "word": columns.text(t.w).coalesce(""),
                "bit": columns.user_bit(t.w, KEY.hex(), dialect).coalesce(-1),
            },
        )
        codes, words = values.coded(column)
        expected = [*words, ""]
        assert found["word"].to_pylist() == [expected[c] for c in codes.tolist()]
        bits = [*(values.user_bit(word, KEY) for word in words), -1]
        assert found["bit"].to_pylist() == [bits[c] for c in codes.tolist()]
        assert max(bits) < USER_BITS


def test_words_are_compared_as_they_are(ask: Ask) -> None:
    column = pa.array(WORDS)
    words = [word for word in WORDS if word]
    found = ask(
        pa.table({"w": column}),
        lambda t, _: {f"same_{i}": t.w == ibis.literal(word) for i, word in enumerate(words)},
    )
    for i, word in enumerate(words):
        same = [None if given is None else given == word for given in WORDS]
        assert found[f"same_{i}"].to_pylist() == same
