"""Columns as people write them, read into numpy: numbers, times, yes and no, words.

CSV gives text and Parquet gives types; both end as the same values. Each reader looks at one value
at a time, so what it makes of a value never depends on its neighbours.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import compute

from cockpit.records import BadInput
from cockpit.tables import USER_BITS
from cockpit.units import parse_instant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "none"})
LONGEST_WORD = 1_000
NO_TIME = np.iinfo(np.int64).min
YEAR_1, YEAR_10000 = -62_135_596_800_000_000, 253_402_300_800_000_000  # µs, first and after last
# Times outside the years 1000 to 2999 are slips or stand for "never"; a file holds none of them.
ERA_START, ERA_END = -30_610_224_000_000_000, 32_503_680_000_000_000  # µs, first and after last
_ZONE = r"(:\d\d([.,]\d+)?|T\d{2,6})\s*([zZ]|[+-]\d\d(:?\d\d)?)\s*$"
_EPOCH_NUMBER = r"^\s*[-+]?[0-9.]+\s*$"
_ZONED = f"{_ZONE}|{_EPOCH_NUMBER}"

_TRUE = frozenset({"1", "true", "t", "yes", "y"})
_FALSE = frozenset({"0", "false", "f", "no", "n"})
# Numbers that are times: seconds, milli-, micro- or nanoseconds since 1970, told by their size.
EPOCH_UNITS = ((1e11, 1e6), (1e14, 1e3), (1e17, 1.0), (math.inf, 1e-3))


def numbers(column: pa.Array) -> tuple[Floats, Mask]:
    """Float64 values (NaN where missing or no number), and where text was no number."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        try:
            return _floats(compute.cast(column, pa.float64())), np.zeros(len(column), bool)
        except pa.ArrowInvalid:
            return _by_distinct(column, _number)
    if pa.types.is_dictionary(column.type):
        return numbers(column.dictionary_decode())
    try:
        return _floats(compute.cast(column, pa.float64(), safe=False)), np.zeros(len(column), bool)
    except pa.ArrowException:
        return numbers(_text(column))


def flags(column: pa.Array) -> tuple[Ints, Mask]:
    """1 and 0 from yes/no, true/false or numbers, −1 where missing; and where it was neither."""
    values, bad = _by_distinct(_text(column), _flag)
    return np.where(np.isnan(values), -1, values).astype(np.int64), bad


def times(column: pa.Array) -> Ints:
    """µs UTC of ISO 8601 text (no zone means UTC), timestamps or epoch numbers; else NO_TIME.

    1970-01-01T00:00:00Z itself is what many systems write for a time they do not have.
    """
    at = _times(column)
    return np.where((at >= YEAR_1) & (at < YEAR_10000) & (at != 0), at, NO_TIME)


def in_era(at: Ints) -> Ints:
    """Times (µs) that an incident file can hold; NO_TIME for the others."""
    return np.where((at >= ERA_START) & (at < ERA_END), at, NO_TIME)


def without_zone(column: pa.Array) -> bool:
    """Whether some time in a column says no zone, so that UTC was assumed."""
    if pa.types.is_string(column.type):
        return (
            compute.any(compute.invert(compute.match_substring_regex(column, _ZONED))).as_py()
            is True
        )
    return pa.types.is_timestamp(column.type) and column.type.tz is None


def _times(column: pa.Array) -> Ints:
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        zone = getattr(column.type, "tz", None)
        return _micros(compute.cast(column, pa.timestamp("us", zone), safe=False))
    column = _text(column)
    for zone in ("UTC", None):
        try:
            return _micros(compute.cast(column, pa.timestamp("us", zone)))
        except pa.ArrowInvalid:
            continue
    codes, words = coded(column, longest=64)
    parsed = np.array([instant(w) for w in words] + [NO_TIME], dtype=np.int64)
    return parsed[codes]


def instant(text: str) -> int:
    """µs UTC of one time as text: ISO 8601 or an epoch number; else NO_TIME."""
    number = _number(text)
    if number is None or math.isnan(number):
        try:
            return parse_instant(text)
        except BadInput:
            return int(NO_TIME)
    if math.isinf(number):
        return int(NO_TIME)
    scale = next(s for below, s in EPOCH_UNITS if abs(number) < below)
    at = round(number * scale)
    return at if YEAR_1 <= at < YEAR_10000 else int(NO_TIME)


def coded(column: pa.Array, longest: int | None = LONGEST_WORD) -> tuple[Ints, list[str]]:
    """Index of each value in a list of words (−1: missing), and the words, cut to `longest`."""
    encoded = _text(column).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    words = [word[:longest] for word in encoded.dictionary.to_pylist()]
    if "" in words:
        codes[codes == words.index("")] = -1
    return codes, words


def identities(column: pa.Array) -> tuple[Ints, Mask]:
    """A 64-bit fingerprint of each id, for joining inside this process; and where there is one."""
    ids = texts(column)
    found = np.fromiter(map(bool, ids), dtype=bool, count=len(ids))
    return np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids)), found


def texts(column: pa.Array) -> list[str | None]:
    """Each value as text; None where there is none."""
    values: list[str | None] = _text(column).to_pylist()
    return values


def user_bit(user: str, key: bytes) -> int:
    """The bit of a user: an engine can make it too, and the key alone makes it this one."""
    digest = hashlib.sha256((key.hex() + user).encode()).digest()
    return int.from_bytes(digest[:2], "big") % USER_BITS


def _by_distinct(column: pa.Array, read: Any) -> tuple[Floats, Mask]:
    """Apply a reader of text (None: cannot be read) to each distinct value."""
    codes, words = coded(column)
    read_words = [read(word) for word in words]
    values = np.array([math.nan if v is None else v for v in read_words] + [math.nan])
    bad = np.array([v is None for v in read_words] + [False])
    return values[codes], bad[codes]


def _number(text: str) -> float | None:
    word = text.strip()
    if word.lower() in MISSING_WORDS:
        return math.nan
    try:
        return float(word) if "_" not in word else None
    except ValueError:
        return None


def _flag(text: str) -> float | None:
    word = text.strip().lower()
    if word in MISSING_WORDS:
        return math.nan
    if word in _TRUE:
        return 1.0
    if word in _FALSE:
        return 0.0
    value = _number(word)
    return value if value in (0.0, 1.0) else None


def _floats(column: pa.Array) -> Floats:
    values: Floats = column.fill_null(math.nan).to_numpy(zero_copy_only=False)
    return values


def _micros(column: pa.Array) -> Ints:
    as_int = compute.cast(column, pa.int64()).fill_null(NO_TIME)
    values: Ints = as_int.to_numpy(zero_copy_only=False)
    return values


def _text(column: pa.Array) -> pa.Array:
    """Any column as text, written as Python writes it."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_boolean(kind):
        return compute.if_else(column, "True", "False")
    try:
        return compute.cast(column, pa.string())
    except pa.ArrowException:
        return pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.string())
