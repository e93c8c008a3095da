"""Arithmetic that every engine does alike: exact constants, ties to even, ladders of bounds.

Engines read decimal constants, round halves and divide integers each in their own way. Products
with powers of two, comparisons and `floor` of floating point are the same everywhere.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis.expr.types as ir

_MOST_BITS = 60  # of a power of two that is still an integer constant everywhere
_MANTISSA = 53


def whole(value: int) -> ir.IntegerScalar:
    """An integer constant, int64."""
    return ibis.literal(value, type="int64")


def constant(value: float) -> ir.FloatingScalar:
    """A finite float64, made of an integer and powers of two so that no decimal is parsed."""
    fraction, exponent = math.frexp(value)
    mantissa, exponent = int(math.ldexp(fraction, _MANTISSA)), exponent - _MANTISSA
    while mantissa and mantissa % 2 == 0:
        mantissa, exponent = mantissa // 2, exponent + 1
    made = whole(mantissa).cast("float64")
    while exponent:
        step = max(-_MOST_BITS, min(_MOST_BITS, exponent))
        power = whole(1 << abs(step)).cast("float64")
        made = made * power if step > 0 else made / power
        exponent -= step
    return made


def floored(x: ir.FloatingValue) -> ir.IntegerValue:
    """⌊x⌋ as int64, for |x| < 2⁶³."""
    return x.floor().cast("int64")


def nearest_even(x: ir.FloatingValue) -> ir.IntegerValue:
    """x rounded to a whole number as int64, halves to the even one, as numpy's `rint` does."""
    low = x.floor()
    rest = x - low
    odd = low - (low / 2.0).floor() * 2.0
    up = (rest > 0.5) | ((rest == 0.5) & (odd == 1.0))
    return low.cast("int64") + up.cast("int64")


def start_of(at: ir.IntegerValue, tick: int, earliest: int) -> ir.IntegerValue:
    """Start of the multiple of `tick` that holds each integer ≥ `earliest`."""
    shift = -(earliest // tick) * tick  # remainders of negative numbers differ between engines
    return at - (at + whole(shift)) % whole(tick)


def ladder(
    x: ir.FloatingValue, bounds: Sequence[float], leaf: Callable[[int], ir.IntegerValue]
) -> ir.IntegerValue:
    """`leaf(i)` where i of the ascending bounds are ≤ x: nested cases, log₂ comparisons a row."""

    def between(low: int, high: int) -> ir.IntegerValue:
        if low == high:
            return leaf(low)
        middle = (low + high) // 2
        return ibis.cases(
            (x < constant(bounds[middle]), between(low, middle)), else_=between(middle + 1, high)
        )

    return between(0, len(bounds))


def together(parts: Sequence[ir.Table]) -> ir.Table:
    """All rows of tables with the same columns; halves joined first keep the query shallow."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return ibis.union(together(parts[:half]), together(parts[half:]))
