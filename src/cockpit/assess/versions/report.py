"""Estimates of one version against another that serves at the same time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.assess import scores
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.history import served
from cockpit.assess.methods.differences import Contrast, difference
from cockpit.assess.quality.ranking import label_coverage
from cockpit.assess.quality.report import measure
from cockpit.assess.quality.team_report import additive
from cockpit.assess.service.latency import QUANTILES, log_buckets
from cockpit.assess.service.traffic import asked, error_rate, requests_and_errors
from cockpit.assess.slices import Subject, about_all, groups, is_word
from cockpit.assess.versions import stratified
from cockpit.assess.versions.stratified import anchored, side_by_side, standardized
from cockpit.tables import ABSENT, NEGATIVE, POSITIVE
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cockpit.assess.inputs import Inputs
    from cockpit.records import Counts, Estimate

    Mask = NDArray[np.bool_]
    Pair = tuple[str, str]  # a version, and the one that it is held against
    Contrasts = Callable[[Moment, Counts, Pair], dict[str, Contrast]]

_MOST = 5  # versions held against one: of more, each has too few rows to tell
_UNEVEN = 0.05  # by how much the label coverage of two versions may differ unsaid


def version_differences(moment: Moment) -> list[Estimate]:
    """Quality and a team's own figures of a version against another, until a slow bucket closes.

    Rates are compared minute by minute (`stratified`), ranking and means over the whole window.
    """
    return [
        *_differences(moment, "score", _quality),
        *_differences(moment, "rate", _rates),
        *_differences(moment, "mean", _means),
    ]


def traffic_differences(moment: Moment) -> list[Estimate]:
    """Error rate, second by second, and latency of a version against another."""
    return [
        *_differences(moment, "traffic", _errors, fast=True),
        *_differences(moment, "latency", _latency, fast=True),
    ]


def _differences(
    moment: Moment, table: str, contrasts_of: Contrasts, fast: bool = False
) -> list[Estimate]:
    """Every contrast of each pair of versions in a table of now."""
    counts = moment.inputs.now.get(table)
    if counts is None or len(counts) == 0:
        return []
    found = []
    for pair in version_pairs(moment, counts):
        version, control = map(inert, pair)
        subject = Subject(version, against=control)
        what = f"{control} at the same time"
        found += [
            contrasted(moment, name, contrast, subject, what, source=table, fast=fast)
            for name, contrast in contrasts_of(moment, counts, pair).items()
        ]
    return found


def version_pairs(moment: Moment, counts: Counts) -> list[Pair]:
    """Each version that serves in a table, and the one it is held against.

    That is the control of the monitors where it serves in the table, else the one that serves most.
    """
    serving = _serving(counts)
    control = moment.arms.control if moment.arms is not None else ""
    against = control if control in serving else next(iter(serving), "")
    return [(version, against) for version in serving if version != against][:_MOST]


def _serving(counts: Counts) -> list[str]:
    """Versions with requests in a table, the one with the most first."""
    words, rows = counts.words["version"], _of_requests(counts)
    n = np.bincount(counts.columns["version"][rows], counts.columns["n"][rows], len(words))
    return [words[i] for i in np.argsort(-n, kind="stable") if n[i] > 0 and words[i] != ABSENT]


def _of_requests(counts: Counts) -> Mask:
    """Rows that count requests acted on: no shadow, no segment, no error."""
    if "role" in counts.columns:
        return served(counts)
    if "dimension" in counts.columns:
        return about_all(counts)
    return asked(counts) if "kind" in counts.columns else np.ones(len(counts), dtype=np.bool_)


def contrasted(
    moment: Moment,
    name: str,
    contrast: Contrast,
    subject: Subject,
    what: str,
    *,
    source: str,
    fast: bool = False,
) -> Estimate:
    """The estimate of a contrast; `what` the other one is, which may itself not be known."""
    now, base = contrast.now, contrast.base
    note = f"{what}: {base.reason}" if now.value is not None and base.reason else ""
    compared = Compared(what, base, contrast.difference, note)
    return moment.estimate(name, now, compared, subject, source=source, fast=fast)


def _quality(moment: Moment, counts: Counts, pair: Pair) -> dict[str, Contrast]:
    now, base = (
        scores.of(counts, served(counts) & is_word(counts, "version", version)) for version in pair
    )
    found = {"auc": _ranking(moment, now, base)}
    for name, arms in _decisions(moment.inputs, counts, pair).items():
        most = math.inf if name == "harm_rate" else 1.0
        found[name] = anchored(measure(name, now, moment), arms, most)
    return found


def _ranking(moment: Moment, now: scores.Scores, base: scores.Scores) -> Contrast:
    """AUC over the window: no minute has enough of both classes to be ranked alone."""
    ours, theirs = (measure("auc", rows, moment) for rows in (now, base))
    known, other = (label_coverage(rows).value or 0.0 for rows in (now, base))
    if abs(known - other) > _UNEVEN:
        note = f"{numbers.share(known)} of its rows labelled, {numbers.share(other)} of the other's"
        ours = replace(ours, note=note)
    return Contrast(ours, theirs, difference(ours.interval, theirs.interval))


def _decisions(inputs: Inputs, now: Counts, pair: Pair) -> dict[str, stratified.Both]:
    counts = now if inputs.decisions is None else inputs.decisions
    both, acted = side_by_side(counts, inputs.quality_window, pair), served(counts)
    label, decision = counts.columns["label"], counts.columns["decision"]
    tp, fp, fn, tn = (
        both.sum(acted & (decision == decided) & (label == known))
        for decided, known in (
            (POSITIVE, POSITIVE),
            (POSITIVE, NEGATIVE),
            (NEGATIVE, POSITIVE),
            (NEGATIVE, NEGATIVE),
        )
    )
    return stratified.decisions(tp, fp, fn, tn, inputs.config.model.harm)


def _rates(moment: Moment, counts: Counts, pair: Pair) -> dict[str, Contrast]:
    history = _by_time(moment.inputs, counts)
    both = side_by_side(history, moment.inputs.quality_window, pair)
    found = {}
    for name, (now, _) in _named(moment, counts, pair).items():
        rows = about_all(history) & is_word(history, "name", name)
        found[inert(name)] = anchored(now, standardized(both.sum(rows, "k"), both.sum(rows)))
    return found


def _means(moment: Moment, counts: Counts, pair: Pair) -> dict[str, Contrast]:
    """Over the whole window: beside a reference no history of means is kept."""
    return {
        inert(name): Contrast(now, base, difference(now.interval, base.interval))
        for name, (now, base) in _named(moment, counts, pair).items()
    }


def _named(moment: Moment, counts: Counts, pair: Pair) -> dict[str, stratified.Both]:
    """A team's figures that both versions have, in both."""
    rows = dict(groups(counts, ("name", "version"), about_all(counts)))
    one, other = pair
    return {
        name: (
            additive(moment, counts.table, name, counts, rows[name, one]),
            additive(moment, counts.table, name, counts, rows[name, other]),
        )
        for name, version in rows
        if version == one and (name, other) in rows
    }


def _errors(moment: Moment, counts: Counts, pair: Pair) -> dict[str, Contrast]:
    asked_and_failed = requests_and_errors(counts, is_word(counts, "version", pair[0]))
    if not moment.inputs.errors_recorded and len(counts.words["kind"]) < 2:
        return {}  # errors are not recorded
    history = _by_time(moment.inputs, counts)
    both = side_by_side(history, moment.inputs.infra_window, pair)
    requests = asked(history)
    arms = standardized(both.sum(~requests), both.sum(requests))
    return {"error_rate": anchored(error_rate(*asked_and_failed), arms)}


def _latency(moment: Moment, counts: Counts, pair: Pair) -> dict[str, Contrast]:
    now, base = (log_buckets(counts, is_word(counts, "version", version)) for version in pair)
    found = {}
    for name, q in QUANTILES.items():
        ours, theirs = now.quantile(q), base.quantile(q)
        found[name] = Contrast(ours, theirs, difference(ours.interval, theirs.interval))
    return found


def _by_time(inputs: Inputs, now: Counts) -> Counts:
    """The history of a table, else the table of now, which has no times."""
    history = inputs.history.get(now.table)
    return now if history is None or len(history) == 0 else history
