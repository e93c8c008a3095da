"""A table of counts as bytes and back: each column compressed by itself, in blocks of rows.

A chunk is the length of its header (4 bytes, little-endian), the header (JSON, zlib) and the
blocks of each column in the header's order. A block holds up to BLOCK values, or the differences
between neighbours where those are the smaller: less their least, divided by their common divisor,
as bytes of the least width that holds them, all first bytes, then all second bytes, and so on,
zlib. Floats are stored by their bits. Of sums of squared scores only what the square of their mean
does not tell is stored. All of it is exact, and nothing in a chunk is trusted: no block is inflated
beyond the size that its header implies.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from cockpit.incident.counts import coded_columns_of, columns_of
from cockpit.records import BadInput, Counts
from cockpit.tables import FIXED_POINT, SERIES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Bits = NDArray[np.uint64]

BLOCK = 16_384  # rows
MOST_ROWS = 1 << 19  # of one chunk: at most 64 MiB decoded
MOST_BINS = 1 << 14  # of anything: latencies have the most, and users' bits are as many
_LONGEST_HEADER = 8 << 20  # bytes, inflated
_BINS = ("bin", "shadow_bin", "bit")  # columns whose values number bins
_SQUARES = "sum_p2"
_LEVEL = 6
_WORD = (1 << 64) - 1


class Block(msgspec.Struct, frozen=True, array_like=True):
    """value = base + step · stored (mod 2⁶⁴); differences start at `first`."""

    differences: bool
    first: int
    base: int
    step: int
    width: int  # bytes of a stored value; 0 where all are the same
    size: int  # bytes, deflated


class Header(msgspec.Struct, frozen=True):
    """What a chunk holds."""

    table: str
    rows: int
    columns: dict[str, list[Block]]
    words: dict[str, tuple[str, ...]]


def encode(counts: Counts) -> bytes:
    """A table as bytes, rows in their order. Sorted by key they are the smallest."""
    columns: dict[str, list[Block]] = {}
    body: list[bytes] = []
    for name, column in counts.columns.items():
        if name == _SQUARES:
            column = column - _squares_of_mean(counts.columns["n"], counts.columns["sum_p"])
        bits = np.ascontiguousarray(column).view(np.uint64)
        blocks = [_pack(bits[start : start + BLOCK]) for start in range(0, len(counts), BLOCK)]
        columns[name] = [block for block, _ in blocks]
        body.extend(data for _, data in blocks)
    header = Header(table=counts.table, rows=len(counts), columns=columns, words=counts.words)
    packed = zlib.compress(msgspec.json.encode(header), 9)
    return b"".join([len(packed).to_bytes(4, "little"), packed, *body])


def decode(data: bytes, columns: Sequence[str] | None = None) -> Counts:
    """The table in `data`, or some of its columns. Raises BadInput where the bytes are not one."""
    return Chunk(data).counts(columns)


class Chunk:
    """A chunk whose header was read; columns, or some rows of one, are inflated when asked for."""

    def __init__(self, data: bytes, where: str = "a chunk") -> None:
        """`where` begins messages. Raises BadInput where the header is not one of ours."""
        self._where = where
        with self._damage_named():
            header, end = _read_header(data)
        self.table = header.table
        self.rows = header.rows
        self.words = header.words
        self.size = len(data)  # bytes
        self._data = data
        self._blocks: dict[str, list[tuple[Block, int]]] = {}
        for name, blocks in header.columns.items():
            self._blocks[name] = []
            for block in blocks:
                self._blocks[name].append((block, end))
                end += block.size

    def counts(self, columns: Sequence[str] | None = None) -> Counts:
        """The table, or some of its columns."""
        names = columns_of(self.table) if columns is None else columns
        return Counts(
            table=self.table,
            columns={name: self.column(name) for name in names},
            words={name: self.words[name] for name in names if name in self.words},
        )

    def column(self, name: str, start: int = 0, stop: int | None = None) -> NDArray[Any]:
        """Values of rows [start, stop) of one column: int64, or float64 for the `x` of a series."""
        stop = self.rows if stop is None else stop
        first, last = start // BLOCK, -(-stop // BLOCK)
        with self._damage_named():
            pieces = [self._unpack(name, index) for index in range(first, last)]
            bits = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.uint64)
            bits = bits[start - first * BLOCK : stop - first * BLOCK]
            if name == "x":
                return bits.view(np.float64)
            values = bits.view(np.int64)
            if name == _SQUARES:
                among = (self.column(other, start, stop) for other in ("n", "sum_p"))
                values = values + _squares_of_mean(*among)
            if name in self.words and not _all_within(values, len(self.words[name])):
                raise _Damage(f"column {name} has a code without a word")
            if name in _BINS and not _all_within(values, MOST_BINS):
                raise _Damage(f"column {name} has a bin that no table has")
        return values

    def _unpack(self, name: str, index: int) -> Bits:
        block, start = self._blocks[name][index]
        rows = min(BLOCK, self.rows - index * BLOCK)
        return _unpack(block, self._data[start : start + block.size], rows)

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except _Damage as damage:
            raise BadInput(f"{self._where} is damaged: {damage}") from None


def _squares_of_mean(n: NDArray[np.int64], sum_p: NDArray[np.int64]) -> NDArray[np.int64]:
    """What the squares of `n` scores would sum to, were each their mean; in whole numbers.

    Where numbers that no score has do not fit, they wrap around: the same way here and there.
    """
    with np.errstate(over="ignore"):
        mean = sum_p // np.where(n == 0, 1, n)
        return n * (mean * mean // FIXED_POINT)


class _Damage(Exception):
    """What is wrong with the bytes of a chunk."""


def _read_header(data: bytes) -> tuple[Header, int]:
    """The header, and where the first block starts."""
    end = 4 + int.from_bytes(data[:4], "little")
    try:
        header = msgspec.json.decode(_inflate(data[4:end], _LONGEST_HEADER), type=Header)
    except (msgspec.DecodeError, RecursionError):
        raise _Damage("its header cannot be read") from None
    _check(header)
    size = end + sum(block.size for blocks in header.columns.values() for block in blocks)
    if size != len(data):
        raise _Damage(f"it has {len(data)} bytes where its header says {size}")
    return header, end


def _all_within(codes: NDArray[np.int64], size: int) -> bool:
    return codes.size == 0 or bool(codes.min() >= 0 and codes.max() < size)


def _check(header: Header) -> None:
    """Raises _Damage unless the header describes one of our tables, in bounds."""
    if header.table not in TABLES and header.table != SERIES:
        raise _Damage("it holds a table of no known name")
    if set(header.columns) != set(columns_of(header.table)):
        raise _Damage(f"it has not the columns of table {header.table}")
    if set(header.words) != set(coded_columns_of(header.table)):
        raise _Damage(f"it has not the words of table {header.table}")
    if not 0 <= header.rows <= MOST_ROWS:
        raise _Damage(f"it claims {header.rows} rows")
    for blocks in header.columns.values():
        if len(blocks) != -(-header.rows // BLOCK):
            raise _Damage(f"its {header.rows} rows are not in {len(blocks)} blocks")
        for block in blocks:
            if not 0 <= block.width <= 8 or block.size < 0:
                raise _Damage("a block of it has an impossible size")


def _pack(bits: Bits) -> tuple[Block, bytes]:
    """Values, or their differences: whichever is the smaller."""
    plain = _deflate(bits)
    differences = _deflate(np.diff(bits))
    chosen = differences if len(differences[3]) < len(plain[3]) else plain
    base, step, width, data = chosen
    block = Block(
        differences=chosen is differences,
        first=int(bits[0]) if chosen is differences else 0,
        base=base,
        step=step,
        width=width,
        size=len(data),
    )
    return block, data


def _deflate(bits: Bits) -> tuple[int, int, int, bytes]:
    """Base, step, width and bytes of 64-bit values, whose order as signed numbers counts."""
    if bits.size == 0:
        return 0, 0, 0, b""
    base = bits.view(np.int64).min().view(np.uint64)
    stored = bits - base
    step = np.gcd.reduce(stored)
    if step == 0:  # all values are the base
        return int(base), 0, 0, b""
    stored //= step
    width = (int(stored.max()).bit_length() + 7) // 8
    planes = stored.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width].T
    return int(base), int(step), width, zlib.compress(planes.tobytes(), _LEVEL)


def _unpack(block: Block, data: bytes, rows: int) -> Bits:
    stored = rows - 1 if block.differences else rows
    bits: Bits = np.zeros(rows, dtype=np.uint64)
    values = bits[rows - stored :]
    raw = _inflate(data, stored * block.width) if block.width else b""
    if len(raw) != stored * block.width:
        raise _Damage("a block of it is too short")
    for byte in range(block.width):
        plane = np.frombuffer(raw, dtype=np.uint8, count=stored, offset=byte * stored)
        values |= plane.astype(np.uint64) << np.uint64(8 * byte)
    values *= np.uint64(block.step & _WORD)
    values += np.uint64(block.base & _WORD)
    if block.differences:
        bits[0] = block.first & _WORD
        np.cumsum(bits, out=bits)
    return bits


def _inflate(data: bytes, most: int) -> bytes:
    """Inflated bytes, at most `most` of them. Raises _Damage where there are more, or damage."""
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(data, most + 1)
    except zlib.error:
        raise _Damage("a part of it cannot be inflated") from None
    if len(raw) > most or not inflater.eof or inflater.unused_data:
        raise _Damage("a part of it inflates to another size than it should")
    return raw
