"""What engines spell each in their own way: times as integers, integers as times, digests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import ibis

from cockpit.observe.engine.exact import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.types as ir

DUCKDB, CLICKHOUSE, SPARK = "duckdb", "clickhouse", "pyspark"
_MICROSECONDS = 6  # digits of a second


@cache
def _function(name: str, takes: tuple[str, ...], gives: str) -> Callable[..., Any]:
    """A function that the engine has, by its own name."""

    def declared(*_: Any) -> Any: ...

    declared.__signature__ = _signature(len(takes))  # type: ignore[attr-defined]
    made: Callable[..., Any] = ibis.udf.scalar.builtin(
        declared, name=name, signature=(takes, gives)
    )
    return made


def _signature(arguments: int) -> Any:
    from inspect import Parameter, Signature

    names = [f"argument_{i}" for i in range(arguments)]
    return Signature([Parameter(name, Parameter.POSITIONAL_ONLY) for name in names])


def micros(column: ir.TimestampColumn, dialect: str) -> ir.IntegerValue:
    """µs since 1970 of timestamps; what is finer is cut off."""
    if dialect == CLICKHOUSE:
        exact = column.cast("timestamp('UTC', 6)")
        return _function("toUnixTimestamp64Micro", ("timestamp",), "int64")(exact)
    if dialect == SPARK:
        return _function("unix_micros", ("timestamp",), "int64")(column.cast("timestamp('UTC')"))
    if _is_fine(column):
        nanoseconds = _function("epoch_ns", ("timestamp",), "int64")(column)
        return _function("divide", ("int64", "int64"), "int64")(nanoseconds, whole(1000))
    return _function("epoch_us", ("timestamp",), "int64")(column)


def instant(at: ir.IntegerScalar, column: ir.TimestampColumn, dialect: str) -> ir.TimestampScalar:
    """µs since 1970 as a constant that `column` is compared with as it is stored."""
    if dialect == CLICKHOUSE:
        return _function("fromUnixTimestamp64Micro", ("int64", "string"), "timestamp")(at, "UTC")
    if dialect == SPARK:
        return _function("timestamp_micros", ("int64",), "timestamp")(at)
    if _is_fine(column):
        return _function("make_timestamp_ns", ("int64",), "timestamp(9)")(at * whole(1000))
    zoned = getattr(column.type(), "timezone", None) is not None
    name = "make_timestamptz" if zoned else "make_timestamp"
    return _function(name, ("int64",), "timestamp")(at)


def _is_fine(column: ir.TimestampColumn) -> bool:
    return (getattr(column.type(), "scale", None) or 0) > _MICROSECONDS


def sha256(text: ir.StringValue, dialect: str) -> ir.StringValue:
    """SHA-256 of text in UTF-8, in lower-case hexadecimal digits."""
    if dialect == CLICKHOUSE:
        digest = _function("SHA256", ("string",), "binary")(text)
        return _function("hex", ("binary",), "string")(digest).lower()
    if dialect == SPARK:
        return _function("sha2", ("string", "int32"), "string")(text, 256)
    return _function("sha256", ("string",), "string")(text)
