"""The tables of counts and their columns: the one description that writers and readers share.

Every row has `valid` (start of its event bucket) and `observed` (end of the bucket in which it
could be known), both µs. Keys identify a cell, cells add up, and addition in any order gives equal
tables.

A label is a move: a row with `was` = UNKNOWN and `label` = 1 takes `n` from the unknown cell and
adds it to the known one; a correction moves from 0 to 1; a prediction just made has `was` = NEW.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

# Codes of the `label`, `was` and `decision` columns.
NEW = -2  # in `was`: the row adds counts and takes none away
UNKNOWN = -1  # label not (yet) known; in `decision`: no decision was made
NEGATIVE = 0
POSITIVE = 1

SERVED = "served"
SHADOW = "shadow"

ALL = ""  # `dimension` and `value` of rows about the whole service
OTHER = "other"  # what is left after the most frequent values of a dimension
ABSENT = "(none)"  # the value of a row that has none, of a dimension or of the version
PAIR = " × "  # joins two dimensions, or two values, of a declared pair

FIXED_POINT = 1 << 30  # scores are summed as ⌊p·2³⁰⌋
USER_BITS = 16_384  # linear counting of users (Whang et al. 1990)

Clock = Literal["fast", "slow"]


class Table(NamedTuple):
    """Columns of one table: `coded` keys are words, `keys` integers, `cells` add up."""

    name: str
    clock: Clock
    coded: tuple[str, ...]
    keys: tuple[str, ...]
    cells: tuple[str, ...]
    labelled: bool = False  # rows carry `label` and `was`


_SEGMENT = ("dimension", "value")
_SUMS = ("n", "sum_p", "sum_p2")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        # bin: bins.score_bin
        Table("score", "slow", ("version", "role"), ("decision", "bin"), _SUMS, labelled=True),
        # bin: bins.segment_bin
        Table(
            "score_by_segment",
            "slow",
            ("version", "role", *_SEGMENT),
            ("decision", "bin"),
            _SUMS,
            labelled=True,
        ),
        # bin: bins.FeatureBins.digitize
        Table("feature", "slow", ("version", *_SEGMENT, "feature"), ("bin",), ("n",)),
        # bin: bins.latency_bin (seconds)
        Table("latency", "fast", ("version",), ("bin",), ("n",)),
        # kind: "" counts requests, any other word counts errors of that kind
        Table("traffic", "fast", ("version", "kind"), (), ("n",)),
        # k of n, for any rate a team names
        Table("rate", "slow", ("name", "version", *_SEGMENT), (), ("k", "n")),
        # sums in fixed point: of round(x / step) and round(x² / step), the step is in the map
        Table("mean", "slow", ("name", "version", *_SEGMENT), (), ("n", "sum_x", "sum_x2")),
        # bit: keyed hash of the user id modulo USER_BITS; a bit is set where the summed n > 0
        Table("users", "slow", ("version", *_SEGMENT), ("bit",), ("n",)),
        # shadow against served on the same rows, bins.segment_bin of both
        Table(
            "pair",
            "slow",
            ("version", "shadow"),
            ("bin", "shadow_bin", "decision", "shadow_decision"),
            ("n",),
            labelled=True,
        ),
    )
}

# Gauges someone else computed are telemetry, not counts: float64 values that do not add up.
SERIES = "series"  # columns: valid, observed, name (coded: 'latency_p99{version="v42"}'), x
