"""Estimates of each segment: its rates, under each version too, its share, and the worst of all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.assess.baseline import labelled_source
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.metrics import NEEDS_EVERY_DECISION
from cockpit.assess.quality.ranking import coverage
from cockpit.assess.quality.users import users
from cockpit.assess.segments.rates import decisions, rates
from cockpit.assess.segments.standout_report import several, stand_out, worst_segment
from cockpit.assess.slices import Subject, about_all, groups, mask_of, segment_name, slices
from cockpit.tables import SERVED
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.baseline import Source
    from cockpit.assess.segments.rates import Decisions, Key, Rates
    from cockpit.records import Estimate

_SOURCE = "score_by_segment"


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
    before = rates(decisions(base.counts, base.served()), harm) if base is not None else {}
    found: list[Estimate] = []
    findings: list[str] = []
    for part in slices(counts):
        if part.subject.role != SERVED:
            continue
        now = decisions(counts, part.mask)
        measured = rates(now, harm)
        found += _rates(moment, measured, before, base, part.subject.version)
        found += _coverage(moment, now, part.subject.version)
        if part.subject.version is None:
            shares = _request_shares(moment, now) + _user_shares(moment)
            named = [] if inputs.map.labels_only_when else stand_out(now, measured, before)
            found += [*shares, worst_segment(moment, now, named, shares)]
            findings += several(named, now)
    return found, findings


def _rates(
    moment: Moment, measured: Rates, before: Rates, base: Source | None, version: str | None
) -> list[Estimate]:
    only_when = moment.inputs.map.labels_only_when
    found = []
    for name, by_segment in measured.items():
        for key, measurement in by_segment.items():
            there, compared = before.get(name, {}).get(key), None
            if base is not None and there is not None:
                compared = Compared(base.what, there)
            if only_when and name in NEEDS_EVERY_DECISION:
                measurement = unmeasured(f"labels only when {inert(only_when)}")
            found.append(
                moment.estimate(
                    name,
                    measurement,
                    compared,
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
        mask = mask_of(counts, rows)
        share = unmeasured(whole.reason or "no users")
        if every:
            share = users(counts, mask).map(1 / every)
            share = replace(share, high=None if share.high is None else min(share.high, 1.0))
        subject = Subject(segment=segment_name(*key))
        found.append(moment.estimate("users_share", share, None, subject, source="users"))
    return found
