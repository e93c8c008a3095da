"""Estimates a team names itself, rates (k of n) and means; and how many users there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.assess.baseline import source
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.methods import intervals
from cockpit.assess.quality.users import users
from cockpit.assess.slices import Subject, about_all, groups, segment_name, slices
from cockpit.tables import ALL, SERVED
from cockpit.text import inert

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cockpit.assess.methods.measurement import Measurement
    from cockpit.records import Counts, Estimate

_DEFAULT_STEP = 1e-6


def team_estimates(moment: Moment) -> list[Estimate]:
    """A team's own rates (k of n) and means, for the service, each version and each segment."""
    return _team(moment, "rate") + _team(moment, "mean")


def _team(moment: Moment, table: str) -> list[Estimate]:
    counts = moment.inputs.now.get(table)
    if counts is None or len(counts) == 0:
        return []
    base = source(moment.inputs, table, moment.begun)
    before: dict[tuple[str, ...], Measurement] = {}
    if base is not None:
        for key, rows in groups(base.counts, ("name", "dimension", "value"), base.mask):
            before[key] = additive(moment, table, key[0], base.counts, rows)
    found = []
    several = len(groups(counts, ("version",), about_all(counts))) > 1
    plain = groups(counts, ("name", "dimension", "value"))
    versioned = groups(counts, ("name", "dimension", "value", "version"), about_all(counts))
    for key, rows in plain + (versioned if several else []):
        name, dimension, value = key[:3]
        compared = None
        if base is not None and key[:3] in before:
            compared = Compared(base.what, before[key[:3]])
        found.append(
            moment.estimate(
                inert(name),
                additive(moment, table, name, counts, rows),
                compared,
                Subject(
                    inert(key[3]) if len(key) > 3 else None,
                    SERVED,
                    None if dimension == ALL else segment_name(dimension, value),
                ),
                source=table,
            )
        )
    return found


def additive(
    moment: Moment, table: str, name: str, counts: Counts, rows: NDArray[np.int64]
) -> Measurement:
    """A rate or a mean a team names, over some rows of its table, by index."""
    n = _total(counts, "n", rows)
    if table == "rate":
        return intervals.wilson(_total(counts, "k", rows), n)
    step = step_of_mean(moment, name)
    total, squares = _total(counts, "sum_x", rows), _total(counts, "sum_x2", rows)
    return intervals.mean(n, total * step, squares * step)


def _total(counts: Counts, cell: str, rows: NDArray[np.int64]) -> int:
    """The sum of a cell over some rows, in integers that do not overflow."""
    return sum(counts.columns[cell][rows].tolist())


def step_of_mean(moment: Moment, name: str) -> float:
    """The resolution in which the sums of a mean are kept."""
    return next((m.step for m in moment.inputs.map.means if m.name == name), _DEFAULT_STEP)


def user_estimates(moment: Moment) -> list[Estimate]:
    """Different users of the service, and of each version where several serve."""
    counts = moment.inputs.now.get("users")
    if counts is None or len(counts) == 0:
        return []
    return [
        moment.estimate("users", users(counts, s.mask), None, s.subject, source="users")
        for s in slices(counts, about_all(counts))
    ]
