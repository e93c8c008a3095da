"""Chunks of counts as bytes: exact both ways, small, and harmless whatever the bytes are."""

import zlib
from contextlib import suppress

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cockpit.incident.chunks import BLOCK, MOST_ROWS, Block, Chunk, Header, decode, encode
from cockpit.incident.counts import empty, merge
from cockpit.records import BadInput, Counts
from cockpit.tables import SERIES
from tests.incident.samples import Row, same, scores, table_of, tables


def traffic_of(n: np.ndarray) -> Counts:
    """A table of traffic whose cells are given."""
    zero = np.zeros(n.size, dtype=np.int64)
    columns = dict.fromkeys(("version", "kind", "valid", "observed"), zero)
    words = {"version": ("v",), "kind": ("",)}
    return Counts(table="traffic", columns={**columns, "n": n}, words=words)


@given(tables("score"))
def test_what_is_decoded_is_what_was_encoded(found: list[Row]) -> None:
    counts = table_of("score", found)
    assert same(decode(encode(counts)), counts)


@given(arrays(np.int64, st.integers(1, 50)))
@example(np.array([-(1 << 63), (1 << 63) - 1]))
@example(np.array([(1 << 63) - 1, -(1 << 63), 0]))
@example(np.arange(BLOCK + 1))
@example(np.arange(0, 3 * BLOCK, 3)[::-1].copy())
def test_every_integer_survives(n: np.ndarray) -> None:
    assert np.array_equal(decode(encode(traffic_of(n))).columns["n"], n)


@given(arrays(np.float64, st.integers(1, 50)))
def test_every_float_survives_to_the_bit(x: np.ndarray) -> None:
    zero = np.zeros(x.size, dtype=np.int64)
    columns = {"name": zero, "valid": zero, "observed": zero, "x": x}
    counts = Counts(table=SERIES, columns=columns, words={"name": ("s",)})
    decoded = decode(encode(counts)).columns["x"]
    assert decoded.dtype == np.float64
    assert decoded.tobytes() == x.tobytes()


def test_an_empty_table_survives() -> None:
    assert same(decode(encode(empty("score"))), empty("score"))


@given(st.data())
def test_some_rows_of_a_column_are_those_rows(data: st.DataObject) -> None:
    values = np.random.default_rng(0).integers(-9, 9, 2 * BLOCK + 7)
    start = data.draw(st.integers(0, values.size))
    stop = data.draw(st.integers(start, values.size))
    chunk = Chunk(encode(traffic_of(values)))
    assert np.array_equal(chunk.column("n", start, stop), values[start:stop])


def test_only_the_columns_asked_for_are_inflated() -> None:
    counts = merge([table_of("score", scores())])
    data = bytearray(encode(counts))
    data[-1] ^= 0xFF  # in the last column, sum_p2
    assert np.array_equal(decode(bytes(data), ["n"]).columns["n"], counts.columns["n"])
    with pytest.raises(BadInput, match="damaged"):
        decode(bytes(data))


def test_regular_columns_cost_next_to_nothing() -> None:
    rows = np.arange(100_000)
    columns = {"name": rows // 1000, "valid": rows % 1000 * 15_000_000}
    columns |= {"observed": columns["valid"] + 1_000_000, "x": np.ones(rows.size)}
    words = {"name": tuple(f"s{i:03d}" for i in range(100))}
    assert len(encode(Counts(table=SERIES, columns=columns, words=words))) < rows.size / 20


GOOD = encode(merge([table_of("score", scores())]))


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_changed_byte_is_damage_or_another_table(at: int, change: int) -> None:
    data = bytearray(GOOD)
    data[at] ^= change
    with suppress(BadInput):
        assert len(decode(bytes(data))) <= MOST_ROWS


@given(st.binary(max_size=200) | st.integers(0, len(GOOD) - 1).map(lambda end: GOOD[:end]))
def test_bytes_that_are_no_chunk_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="damaged"):
        decode(data)


def forged(header: Header | object, body: bytes = b"") -> bytes:
    """A chunk whose header says what it likes."""
    packed = zlib.compress(msgspec.json.encode(header))
    return len(packed).to_bytes(4, "little") + packed + body


def header_of(rows: int, block: Block, words: tuple[str, ...] = ("v",)) -> Header:
    names = ("version", "kind", "valid", "observed", "n")
    blocks = [block] * -(-rows // BLOCK)
    constant = [Block(False, 0, 0, 0, 0, 0)] * len(blocks)
    columns = dict.fromkeys(names[:-1], constant) | {"n": blocks}
    return Header("traffic", rows, columns, {"version": words, "kind": words})


CONSTANT = Block(False, 0, 7, 0, 0, 0)
BOMB = zlib.compress(bytes(50_000_000), 9)


@pytest.mark.parametrize(
    "data",
    [
        forged(header_of(MOST_ROWS + 1, CONSTANT)),
        forged(header_of(10, Block(False, 0, 0, 1, 8, len(BOMB))), BOMB),
        forged(header_of(10, Block(False, 0, 0, 1, 1 << 40, 0))),
        forged(header_of(10, Block(False, 0, 0, 1, -1, 0))),
        forged(header_of(10, Block(False, 0, 0, 1, 1, -5))),
        forged(header_of(10, Block(False, 0, 0, 1, 1, 3)), b"abc"),
        forged(header_of(10, CONSTANT, words=())),
        forged(Header("no such table", 0, {}, {})),
        forged(Header("traffic", 0, {}, {})),
        forged({"table": "traffic", "rows": "many"}),
        len(BOMB).to_bytes(4, "little") + BOMB,
        forged(msgspec.Raw(b"[" * 100_000)),
        b"\xff\xff\xff\xff" + GOOD[4:],
    ],
)
def test_a_forged_chunk_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="damaged"):
        decode(data)


def test_numbers_beyond_64_bits_wrap() -> None:
    huge = Block(True, 1 << 80, -(1 << 90), 1 << 70, 0, 0)
    assert len(decode(forged(header_of(3, huge)))) == 3
