"""What monitors watch: bad things counted step by step and version by version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import scores
from cockpit.assess.baseline import labelled_source, source
from cockpit.assess.estimates import Compared
from cockpit.assess.history import Steps, served, within
from cockpit.assess.intervals import wilson
from cockpit.assess.latency import QUANTILES, Latencies, slower_than
from cockpit.assess.objectives import Bound
from cockpit.assess.quality import wrong_rate
from cockpit.assess.slices import about_all, is_word
from cockpit.assess.traffic import asked, error_rate, requests_and_errors
from cockpit.tables import NEGATIVE
from cockpit.text import inert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.baseline import Source
    from cockpit.assess.estimates import Moment
    from cockpit.records import Counts, Window

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Counts of shape (versions, steps): `bad` of `judged` rows, of all that were `asked`.

    A decision whose label is not known yet is asked and not judged; elsewhere the two are one.
    """

    name: str  # of the metric
    what: str  # the bad things in words
    worse: str  # what a version does that has more of them
    steps: Steps
    versions: tuple[str, ...]
    bad: Ints
    judged: Ints
    asked: Ints
    base: Compared | None = None  # their share where nothing was wrong yet
    bound: Bound | None = None  # the promise on their share


def fast_rates(moment: Moment) -> list[Watched]:
    """Errors, and requests over the promised latency, by the fast bucket."""
    return _errors(moment) + _slow_requests(moment)


def slow_rates(moment: Moment) -> list[Watched]:
    """Wrong decisions, and each rate of the team's that is better high or low."""
    return _wrong_decisions(moment) + _team_rates(moment)


def _errors(moment: Moment) -> list[Watched]:
    counts = moment.inputs.history.get("traffic")
    if counts is None or len(counts) == 0:
        return []
    requests = asked(counts)
    if requests.all() and moment.inputs.map.error is None:
        return []  # errors are not recorded
    steps = _fast(moment)
    base = source(moment.inputs, "traffic", moment.begun)
    before = error_rate(*requests_and_errors(base.counts, base.mask)) if base else None
    n = by_version(counts, steps, requests)
    return [
        Watched(
            name="error_rate",
            what="errors",
            worse="fails more often",
            steps=steps,
            versions=counts.words["version"],
            bad=np.minimum(by_version(counts, steps, ~requests), n),
            judged=n,
            asked=n,
            base=Compared(base.what, before) if base and before else None,
            bound=moment.bounds.get("error_rate"),
        )
    ]


def _slow_requests(moment: Moment) -> list[Watched]:
    """Requests over the latency of the promise on the highest quantile, where there is one."""
    counts = moment.inputs.history.get("latency")
    promised = next((name for name in reversed(QUANTILES) if name in moment.bounds), None)
    if counts is None or len(counts) == 0 or promised is None:
        return []
    limit = moment.bounds[promised].limit
    slow = slower_than(counts.columns["bin"], limit)
    steps = _fast(moment)
    n = by_version(counts, steps)
    return [
        Watched(
            name=promised,
            what=f"requests over {limit:.0f} ms",
            worse="is slow more often",
            steps=steps,
            versions=counts.words["version"],
            bad=by_version(counts, steps, slow),
            judged=n,
            asked=n,
            base=_slow_before(moment, limit),
            bound=Bound(1.0 - QUANTILES[promised], at_least=False),
        )
    ]


def _slow_before(moment: Moment, limit: float) -> Compared | None:
    base = source(moment.inputs, "latency", moment.begun)
    if base is None:
        return None
    before = Latencies(base.counts, base.mask)
    k = int(before.n[slower_than(before.bins, limit)].sum())
    return Compared(base.what, wilson(k, before.rows))


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
            steps=steps,
            versions=counts.words["version"],
            bad=by_version(counts, steps, judged & (label != decision)),
            judged=by_version(counts, steps, judged),
            asked=by_version(counts, steps, decided),
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
        n = by_version(counts, steps, rows)
        k = np.minimum(by_version(counts, steps, rows, "k"), n)
        found.append(
            Watched(
                name=inert(rate.name),
                what=f"requests without {inert(rate.name)}" if high else inert(rate.name),
                worse="has more of them",
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
    return Compared(base.what, wilson(n - k if high else k, n))


def _turned(bound: Bound | None, high: bool) -> Bound | None:
    """The promise on a rate as one on what is bad of it; null where it bounds the other side."""
    if bound is None or bound.at_least != high:
        return None
    return Bound(1.0 - bound.limit if high else bound.limit, False, bound.tolerance)


def _fast(moment: Moment) -> Steps:
    return _steps(moment.inputs.history_window, moment.inputs.fast_bucket)


def slow_steps(moment: Moment) -> Steps:
    """One step a slow bucket over the history."""
    return _steps(moment.inputs.history_window, moment.inputs.slow_bucket)


def _steps(window: Window, bucket: int) -> Steps:
    """One step a bucket."""
    start = window.start - window.start % bucket
    return Steps(start, bucket, max(-(-(window.end - start) // bucket), 1), window)


def by_version(counts: Counts, steps: Steps, rows: Mask | None = None, column: str = "n") -> Ints:
    """Σ column of each version in each step, over the rows given; shape (versions, steps)."""
    keep = within(counts, steps.window)
    if rows is not None:
        keep &= rows
    c = {name: counts.columns[name][keep] for name in ("version", "valid", column)}
    size = len(counts.words["version"])
    index = c["version"] * steps.size + steps.index(c["valid"])
    total = np.bincount(index, c[column], size * steps.size)
    return np.maximum(total, 0.0).astype(np.int64).reshape(size, steps.size)
