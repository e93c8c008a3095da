"""The rates that are watched by the slow bucket: wrong decisions, and those a team names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import scores
from cockpit.assess.baseline import labelled_source, source
from cockpit.assess.estimates import Compared
from cockpit.assess.history import served
from cockpit.assess.methods.intervals import wilson
from cockpit.assess.monitors.watched import Watched, by_version, slow_steps
from cockpit.assess.objectives import Bound
from cockpit.assess.quality.ranking import wrong_rate
from cockpit.assess.slices import about_all, is_word
from cockpit.tables import NEGATIVE
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.baseline import Source
    from cockpit.assess.estimates import Moment
    from cockpit.assess.history import Steps
    from cockpit.assess.monitors.watched import Ints, Mask
    from cockpit.records import Counts


def slow_rates(moment: Moment) -> list[Watched]:
    """Those there are counts of; of the team's, each that is better high or low."""
    return _wrong_decisions(moment) + _team_rates(moment)


def _wrong_decisions(moment: Moment) -> list[Watched]:
    """Compared with an equally young window where labels are still coming."""
    inputs, counts = moment.inputs, moment.inputs.decisions
    if counts is None or len(counts) == 0 or inputs.map.labels_only_when:
        return []
    label, decision = counts.columns["label"], counts.columns["decision"]
    decided = (decision >= NEGATIVE) & served(counts)
    judged = decided & (label >= NEGATIVE)
    if not judged.any():
        return []
    steps = slow_steps(moment)
    return [
        Watched(
            name="wrong_rate",
            what="wrong decisions",
            worse="decides wrongly more often",
            source="score",
            steps=steps,
            versions=counts.words["version"],
            bad=_counted(counts, steps, judged & (label != decision)),
            judged=_counted(counts, steps, judged),
            asked=_counted(counts, steps, decided),
            base=_wrong_before(moment),
            bound=moment.bounds.get("wrong_rate"),
        )
    ]


def _wrong_before(moment: Moment) -> Compared | None:
    aged = moment.inputs.aged.get("score")
    if aged is not None and len(aged):
        return Compared("an equally young time", wrong_rate(scores.of(aged, served(aged))))
    base = labelled_source(moment.inputs, "score", moment.begun)
    if base is None:
        return None
    return Compared(base.what, wrong_rate(scores.of(base.counts, base.served())))


def _team_rates(moment: Moment) -> list[Watched]:
    counts = moment.inputs.history.get("rate")
    if counts is None or len(counts) == 0:
        return []
    steps = slow_steps(moment)
    base = source(moment.inputs, "rate", moment.begun)
    found = []
    for rate in moment.inputs.map.rates:
        rows = is_word(counts, "name", rate.name) & about_all(counts)
        if rate.direction == "neither" or not rows.any():
            continue
        high = rate.direction == "higher_is_better"
        n = _counted(counts, steps, rows)
        k = np.minimum(_counted(counts, steps, rows, "k"), n)
        found.append(
            Watched(
                name=inert(rate.name),
                what=f"requests without {inert(rate.name)}" if high else inert(rate.name),
                worse="has more of them",
                source="rate",
                steps=steps,
                versions=counts.words["version"],
                bad=n - k if high else k,
                judged=n,
                asked=n,
                base=None if base is None else _rate_before(base, rate.name, high),
                bound=_turned(moment.bounds.get(rate.name), high),
            )
        )
    return found


def _rate_before(base: Source, name: str, high: bool) -> Compared:
    rows = is_word(base.counts, "name", name) & about_all(base.counts)
    if base.mask is not None:
        rows = rows & base.mask
    k, n = (int(base.counts.columns[column][rows].sum()) for column in ("k", "n"))
    k = min(k, n)
    return Compared(base.what, wilson(n - k if high else k, n))


def _turned(bound: Bound | None, high: bool) -> Bound | None:
    """The promise on a rate as one on what is bad of it; null where it bounds the other side."""
    if bound is None or bound.at_least != high:
        return None
    return Bound(1.0 - bound.limit if high else bound.limit, False, bound.tolerance)


def _counted(counts: Counts, steps: Steps, rows: Mask, column: str = "n") -> Ints:
    """`by_version`, with cells that labels have emptied beyond zero as nothing."""
    return np.maximum(by_version(counts, steps, rows, column), 0)
