"""The bins of `cockpit.bins` as expressions: every engine puts a row where numpy puts it.

Scores are compared with, and multiplied by, powers of two; the leading bits of a float32 are found
by its octave; features are placed between their frozen edges.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import ibis

from cockpit import bins
from cockpit.bins import (
    BINS_PER_ZONE,
    FINEST_OCTAVE,
    MIDDLE_BINS,
    MINUS_INF,
    MISSING,
    PLUS_INF,
    SCORE_BINS,
    SCORE_ZONES,
    SEGMENT_BINS,
)
from cockpit.observe.engine.exact import constant, floored, ladder, whole

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SIDE = SCORE_ZONES * BINS_PER_ZONE  # the highest bin below the middle, counted from 0
_MIDDLE_LOW = 2.0 ** (FINEST_OCTAVE + SCORE_ZONES)
_MIDDLE_FIRST = round(_MIDDLE_LOW * MIDDLE_BINS)
_OCTAVE = 64  # latency bins
_LOWEST, _HIGHEST = -126, 30  # octaves of a normal float32, and of the longest latency (10⁹ s)
_BIAS = 127  # of a float32's exponent


def score_bin(p: ir.FloatingValue) -> ir.IntegerValue:
    """`bins.score_bin` of float64 scores in [0, 1]; null stays null."""
    q = 1.0 - p
    edge = constant(_MIDDLE_LOW)
    high = SCORE_BINS - 1 - ibis.least(_side_bin(q), whole(_SIDE))
    middle = _SIDE + 1 - _MIDDLE_FIRST + floored(p * float(MIDDLE_BINS))
    return ibis.cases((p < edge, _side_bin(p)), (q <= edge, high), else_=middle)


def _side_bin(p: ir.FloatingValue) -> ir.IntegerValue:
    """Bin of p from 0 to the middle: zones that halve, each with as many bins."""

    def leaf(zone: int) -> ir.IntegerValue:
        if zone == 0:
            return whole(0)
        # 2ᶻ⁻²¹ ≤ p < 2ᶻ⁻²⁰ in zone z: scaled to [32, 64)
        scaled = floored(p * float(2 ** (BINS_PER_ZONE.bit_length() - zone - FINEST_OCTAVE)))
        return scaled + ((zone - 2) * BINS_PER_ZONE + 1)

    return ladder(p, [2.0 ** (FINEST_OCTAVE + zone) for zone in range(SCORE_ZONES + 1)], leaf)


def segment_bin(p: ir.FloatingValue) -> ir.IntegerValue:
    """`bins.segment_bin` of scores in [0, 1]."""
    return ibis.least(floored(p * float(SEGMENT_BINS)), whole(SEGMENT_BINS - 1))


def latency_bin(seconds: ir.FloatingValue) -> ir.IntegerValue:
    """`bins.latency_bin` of float32 seconds (as float64) from 0 to 10⁹."""

    def leaf(octave: int) -> ir.IntegerValue:
        # 2ᵉ ≤ x < 2ᵉ⁺¹ scaled to [64, 128); below the normal numbers steps are those of 2⁻¹²⁶
        exponent = _LOWEST + max(octave - 1, 0)
        scaled = floored(seconds * constant(_OCTAVE * 2.0**-exponent))
        return scaled + (exponent + _BIAS - 1) * _OCTAVE

    return ladder(seconds, [2.0**e for e in range(_LOWEST, _HIGHEST + 1)], leaf)


def numeric_bin(x: ir.FloatingValue, edges: tuple[float, ...]) -> ir.IntegerValue:
    """`bins.FeatureBins.digitize` of a numeric feature."""
    largest = sys.float_info.max  # compared with, since ibis gives Spark no test for infinity
    return ibis.cases(
        (x.isnull(), whole(MISSING)),
        (x.isnan(), whole(MISSING)),
        (x < constant(-largest), whole(MINUS_INF)),
        (x > constant(largest), whole(PLUS_INF)),
        else_=ladder(x, edges, lambda cell: whole(bins.FIRST_CELL + cell)),
    )
