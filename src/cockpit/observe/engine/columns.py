"""Typed columns as expressions: `observe.values` for engines; what cannot be read is null."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ibis

from cockpit.observe.engine.dialects import micros, sha256
from cockpit.observe.engine.exact import constant, nearest_even, whole
from cockpit.observe.values import EPOCH_UNITS, ERA_END, ERA_START, YEAR_1, YEAR_10000
from cockpit.tables import USER_BITS

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

_HEX = "0123456789abcdef"
# The units of `values.EPOCH_UNITS` as fractions of µs.
TIME_UNITS = tuple((b, (int(s), 1) if s >= 1.0 else (1, round(1.0 / s))) for b, s in EPOCH_UNITS)


class Kind(NamedTuple):
    """What a column must be to be counted by an engine, in words and by type."""

    words: str
    types: tuple[str, ...]

    def holds(self, type_: dt.DataType) -> bool:
        """Whether columns of this type are of this kind."""
        return any(getattr(type_, f"is_{name}")() for name in self.types)


TIME = Kind("a timestamp or an integer", ("timestamp", "integer"))
NUMBER = Kind("a number", ("integer", "floating", "boolean"))
FLAG = Kind("yes or no, or a number", ("boolean", "integer", "floating"))
WORD = Kind("text, an integer or yes or no", ("string", "integer", "boolean"))
NAME = Kind("text or an integer", ("string", "integer"))


def event_time(column: ir.Column, dialect: str) -> ir.IntegerValue:
    """µs of times that an incident file can hold."""
    return _between(_times(column, dialect), ERA_START, ERA_END)


def label_time(column: ir.Column, dialect: str) -> ir.IntegerValue:
    """µs of times in the calendar."""
    return _between(_times(column, dialect), YEAR_1, YEAR_10000)


def _between(at: ir.IntegerValue, start: int, end: int) -> ir.IntegerValue:
    known = (at >= whole(start)) & (at < whole(end)) & (at != whole(0))
    return ibis.cases((known, at))


def _times(column: ir.Column, dialect: str) -> ir.IntegerValue:
    if column.type().is_timestamp():
        return micros(column, dialect)
    number = column.cast("float64")
    scaled = [(number.abs() < constant(b), number * constant(s)) for b, s in EPOCH_UNITS[:-1]]
    return nearest_even(ibis.cases(*scaled, else_=number * constant(EPOCH_UNITS[-1][1])))


def numbers(column: ir.Column) -> ir.FloatingValue:
    """Float64; NaN, which is how many write "missing", is null."""
    type_ = column.type()
    if type_.is_boolean():
        return column.cast("int64").cast("float64")
    x = column.cast("float64")
    return ibis.cases((~x.isnan(), x)) if type_.is_floating() else x


def flags(column: ir.Column) -> ir.IntegerValue:
    """1 and 0; null where missing or neither."""
    if column.type().is_boolean():
        return column.cast("int64")
    zero, one = (constant(x) if column.type().is_floating() else whole(int(x)) for x in (0.0, 1.0))
    return ibis.cases((column == zero, whole(0)), (column == one, whole(1)))


def present(column: ir.Column) -> ir.BooleanValue:
    """Whether something is written; NaN is not."""
    return column.notnull() & ~column.isnan() if column.type().is_floating() else column.notnull()


def text(column: ir.Column) -> ir.StringValue:
    """Words as Python writes them; an empty one is null."""
    type_ = column.type()
    if type_.is_boolean():
        return ibis.cases((column, "True"), (~column, "False"))
    return column.cast("string") if type_.is_integer() else column.nullif("")


def user_bit(column: ir.Column, key: str, dialect: str) -> ir.IntegerValue:
    """`values.user_bit` of each user: the first 16 bits of a keyed digest, modulo USER_BITS."""
    digest = sha256(ibis.literal(key) + text(column), dialect)
    digits = [ibis.literal(_HEX).find(digest.substr(i, 1)).cast("int64") for i in range(4)]
    first, second, third, fourth = digits
    return (((first * 16 + second) * 16 + third) * 16 + fourth) % whole(USER_BITS)
