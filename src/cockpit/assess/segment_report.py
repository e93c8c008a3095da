"""Estimates of each segment: its rates, under each version too, its share, and the worst of all."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.assess.baseline import labelled_source
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.measurement import Measurement, unmeasured
from cockpit.assess.metrics import NEEDS_EVERY_DECISION
from cockpit.assess.quality import coverage
from cockpit.assess.segment_rates import decisions, rates
from cockpit.assess.slices import Subject, about_all, groups, segment_name, slices
from cockpit.assess.standouts import SegmentRate, Standout, standouts
from cockpit.assess.users import users
from cockpit.assess.verdicts import Verdict
from cockpit.tables import PAIR, SERVED
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.segment_rates import Decisions, Key, Rates
    from cockpit.records import Estimate

_SOURCE = "score_by_segment"
_MOST_NAMED = 3


def segment_figures(moment: Moment) -> tuple[list[Estimate], list[str]]:
    """Every segment's figures against the same segment's baseline, and the worst segment.

    Beside them, as a finding, which segments stand out where several do.
    """
    inputs = moment.inputs
    counts = inputs.now.get("score_by_segment")
    if counts is None or len(counts) == 0:
        return [], []
    harm = inputs.config.model.harm
    base = labelled_source(inputs, "score_by_segment", moment.begun)
    what = base.what if base is not None else ""
    before = rates(decisions(base.counts, base.served()), harm) if base is not None else {}
    found: list[Estimate] = []
    findings: list[str] = []
    for part in slices(counts):
        if part.subject.role != SERVED:
            continue
        now = decisions(counts, part.mask)
        measured = rates(now, harm)
        found += _rates(moment, measured, before, what, part.subject.version)
        found += _coverage(moment, now, part.subject.version)
        if part.subject.version is None:
            shares = _request_shares(moment, now) + _user_shares(moment)
            named = [] if inputs.map.labels_only_when else _named(now, measured, before)
            found += [*shares, _worst(moment, now, named, shares)]
            findings += _several(named, len(now))
    return found, findings


def _rates(
    moment: Moment, measured: Rates, before: Rates, what: str, version: str | None
) -> list[Estimate]:
    only_when = moment.inputs.map.labels_only_when
    found = []
    for name, by_segment in measured.items():
        for key, measurement in by_segment.items():
            there = before.get(name, {}).get(key)
            if only_when and name in NEEDS_EVERY_DECISION:
                measurement = unmeasured(f"labels only when {inert(only_when)}")
            found.append(
                moment.estimate(
                    name,
                    measurement,
                    Compared(what, there) if there is not None else None,
                    Subject(version, SERVED, segment_name(*key)),
                    source=_SOURCE,
                )
            )
    return found


def _coverage(moment: Moment, now: dict[Key, Decisions], version: str | None) -> list[Estimate]:
    return [
        moment.estimate(
            "label_coverage",
            coverage(here.labelled, here.rows),
            None,
            Subject(version, SERVED, segment_name(*key)),
            source=_SOURCE,
        )
        for key, here in now.items()
    ]


def _request_shares(moment: Moment, now: dict[Key, Decisions]) -> list[Estimate]:
    """Share of requests of each segment: exact counts, so without an interval."""
    whole: dict[str, int] = defaultdict(int)
    for key, here in now.items():
        whole[key[0]] += here.rows
    return [
        moment.estimate(
            "requests_share",
            Measurement(value=here.rows / whole[key[0]], n=whole[key[0]], n_pos=here.rows)
            if whole[key[0]]
            else unmeasured("no requests"),
            subject=Subject(segment=segment_name(*key)),
            source=_SOURCE,
        )
        for key, here in now.items()
    ]


def _user_shares(moment: Moment) -> list[Estimate]:
    """Share of users of each segment, from two linear counts; a user may be in several segments."""
    counts = moment.inputs.now.get("users")
    if counts is None or len(counts) == 0:
        return []
    whole = users(counts, about_all(counts))
    every = whole.value
    found = []
    for key, rows in groups(counts, ("dimension", "value"), ~about_all(counts)):
        mask = np.zeros(len(counts), dtype=np.bool_)
        mask[rows] = True
        share = (
            users(counts, mask).map(1 / every) if every else unmeasured(whole.reason or "no users")
        )
        subject = Subject(segment=segment_name(*key))
        found.append(moment.estimate("users_share", share, None, subject, source="users"))
    return found


def _named(now: dict[Key, Decisions], measured: Rates, before: Rates) -> list[Standout]:
    """The segments that stand out, worst first."""
    wrong = [
        SegmentRate(
            segment=segment_name(*key),
            k=here.wrong,
            n=here.judged,
            now=measured["wrong_rate"][key],
            base=before.get("wrong_rate", {}).get(key),
            pair=PAIR in key[0],
        )
        for key, here in now.items()
    ]
    return standouts(wrong, *_whole(now))


def _worst(
    moment: Moment, now: dict[Key, Decisions], named: list[Standout], shares: list[Estimate]
) -> Estimate:
    """The worst segment of those that stand out, as its ratio of wrong decisions to the rest."""
    if named:
        worst = named[0]
        return moment.estimate(
            "worst_segment",
            worst.ratio,
            None,
            Subject(segment=worst.segment),
            source=_SOURCE,
            verdict=Verdict("", f"{worst}{_size(worst.segment, shares)}"),
        )
    only_when = moment.inputs.map.labels_only_when
    judged = _whole(now)[1]
    reason = "no segment stands out" if judged else "no labels yet"
    if only_when:
        reason = f"labels only when {inert(only_when)}"
    verdict = Verdict("", reason)
    return moment.estimate(
        "worst_segment", unmeasured(reason, judged), source=_SOURCE, verdict=verdict
    )


def _size(segment: str, shares: list[Estimate]) -> str:
    """', 8 % of users', or of requests where users are not counted."""
    sizes = {e.name: e.value for e in shares if e.segment == segment and e.value is not None}
    for name, what in (("users_share", "users"), ("requests_share", "requests")):
        if name in sizes:
            return f", {numbers.share(sizes[name])} of {what}"
    return ""


def _several(named: list[Standout], looked_at: int) -> list[str]:
    """Which segments stand out, where several do: three by name."""
    if len(named) < 2:
        return []
    told = ", ".join(f"{one.segment} {one.ratio.value:.1f}×" for one in named[:_MOST_NAMED])
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return [
        f"{len(named)} of {looked_at} segments have surely more wrong decisions than the rest"
        f" and than before: {told}{more}"
    ]


def _whole(now: dict[Key, Decisions]) -> tuple[int, int]:
    """Wrong and labelled decisions of the service, from the dimension that covers most of them."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (dimension, _), here in now.items():
        totals[dimension][0] += here.judged
        totals[dimension][1] += here.wrong
    n, k = max(totals.values(), default=[0, 0])
    return k, n
