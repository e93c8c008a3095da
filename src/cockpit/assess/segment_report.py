"""Estimates of each segment: wrong decisions, harm, precision, recall, its share of the whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.baseline import Source, source
from cockpit.assess.differences import weighted_sum
from cockpit.assess.estimates import Compared, Dresser, Subject
from cockpit.assess.measurement import Measurement, unmeasured
from cockpit.assess.segments import SegmentRate, shrink, worst
from cockpit.assess.slices import about_all, groups, is_word, segment_name, slices
from cockpit.assess.users import users
from cockpit.assess.verdicts import Verdict
from cockpit.tables import PAIR, SERVED
from cockpit.text import inert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.config import Harm
    from cockpit.records import Counts, Estimate

    # Rows by label and decision (unknown, 0, 1), of each (dimension, value).
    Tables = dict[tuple[str, ...], NDArray[np.int64]]
    Measured = dict[str, dict[tuple[str, ...], Measurement]]  # by metric, then segment

_UNKNOWN, _NO, _YES = 0, 1, 2  # positions in a table of rows
_BY_VERSION = ("wrong_rate", "false_positive_share", "precision")  # give all four counts


def segment_estimates(dresser: Dresser) -> list[Estimate]:
    """Every segment's figures against the same segment's baseline, and the worst segment."""
    inputs = dresser.inputs
    counts = inputs.now.get("score_by_segment")
    if counts is None or len(counts) == 0:
        return []
    harm = inputs.config.model.harm
    now = tables(counts, is_word(counts, "role", SERVED))
    base = source(inputs, "score_by_segment", dresser.begun)
    before: Measured = {}
    if base is not None:
        before = _with_harm(rates(tables(base.counts, base.served())), harm)
    only_when = inputs.map.labels_only_when
    measured = _with_harm(rates(now), harm)
    if only_when:
        reason = unmeasured(f"labels only when {inert(only_when)}")
        measured = {
            name: dict.fromkeys(now, reason) if name != "precision" else found
            for name, found in measured.items()
        }
    estimates = []
    for name, found in measured.items():
        for key, measurement in found.items():
            there = before.get(name, {}).get(key)
            estimates.append(
                dresser.estimate(
                    name,
                    measurement,
                    Compared(base.what, there) if base is not None and there is not None else None,
                    subject=Subject(segment=segment_name(*key)),
                    source="score_by_segment",
                )
            )
    estimates += _by_version(dresser, counts, before, base)
    estimates += _request_shares(dresser, now) + _user_shares(dresser)
    if not only_when:
        estimates.append(_worst(dresser, now, measured["wrong_rate"], before.get("wrong_rate", {})))
    return estimates


def tables(counts: Counts, mask: NDArray[np.bool_]) -> Tables:
    """Rows by (label, decision) of each segment."""
    found: Tables = {}
    c = counts.columns
    usable = mask & (abs(c["label"]) <= 1) & (abs(c["decision"]) <= 1)
    for key, rows in groups(counts, ("dimension", "value"), usable):
        cell = (c["label"][rows] + 1) * 3 + c["decision"][rows] + 1
        total = np.maximum(np.bincount(cell, c["n"][rows], 9), 0.0)
        found[key] = total.astype(np.int64).reshape(3, 3)
    return found


def _judged(table: NDArray[np.int64]) -> tuple[int, int, int, int]:
    """tp, fp, fn, tn."""
    return (
        int(table[_YES, _YES]),
        int(table[_NO, _YES]),
        int(table[_YES, _NO]),
        int(table[_NO, _NO]),
    )


def rates(by_segment: Tables) -> Measured:
    """Each rate of each segment, shrunk towards the other values of its dimension."""
    dimensions: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in by_segment:
        dimensions[key[0]].append(key)
    names = ("wrong_rate", "false_positive_share", "false_negative_share", "precision", "recall")
    found: Measured = {name: {} for name in names}
    for keys in dimensions.values():
        counts = [_judged(by_segment[key]) for key in keys]
        for name in names:
            pairs = [_k_of_n(name, *c) for c in counts]
            shrunk = shrink([k for k, _ in pairs], [n for _, n in pairs])
            found[name].update(zip(keys, shrunk, strict=True))
    return found


def _k_of_n(name: str, tp: int, fp: int, fn: int, tn: int) -> tuple[int, int]:
    every = tp + fp + fn + tn
    return {
        "wrong_rate": (fp + fn, every),
        "false_positive_share": (fp, every),
        "false_negative_share": (fn, every),
        "precision": (tp, tp + fp),
        "recall": (tp, tp + fn),
    }[name]


def _with_harm(measured: Measured, harm: Harm) -> Measured:
    """The same with harm per labelled decision, both kinds of wrong decision weighed."""
    missed, raised = measured["false_negative_share"], measured["false_positive_share"]
    weighed = {
        key: weighted_sum([(harm.false_negative, missed[key]), (harm.false_positive, raised[key])])
        for key in missed
    }
    return {**measured, "harm_rate": weighed}


def _by_version(
    dresser: Dresser,
    counts: Counts,
    before: Measured,
    base: Source | None,
) -> list[Estimate]:
    """Wrong decisions of each segment under each version, of both kinds, where several serve."""
    found = []
    what = base.what if base is not None else ""
    for part in slices(counts)[1:]:
        if part.subject.role != SERVED or dresser.inputs.map.labels_only_when:
            continue
        measured = rates(tables(counts, part.mask))
        for name in _BY_VERSION:
            for key, measurement in measured[name].items():
                there = before.get(name, {}).get(key)
                found.append(
                    dresser.estimate(
                        name,
                        measurement,
                        Compared(what, there) if there is not None else None,
                        Subject(part.subject.version, SERVED, segment_name(*key)),
                        source="score_by_segment",
                    )
                )
    return found


def _request_shares(dresser: Dresser, by_segment: Tables) -> list[Estimate]:
    """Share of requests of each segment: exact counts, so without an interval."""
    whole: dict[str, int] = defaultdict(int)
    for key, table in by_segment.items():
        whole[key[0]] += int(table.sum())
    return [
        dresser.estimate(
            "requests_share",
            Measurement(value=int(table.sum()) / whole[key[0]], n=whole[key[0]])
            if whole[key[0]]
            else unmeasured("no requests"),
            subject=Subject(segment=segment_name(*key)),
            source="score_by_segment",
        )
        for key, table in by_segment.items()
    ]


def _user_shares(dresser: Dresser) -> list[Estimate]:
    """Share of users of each segment, from two linear counts; a user may be in several segments."""
    counts = dresser.inputs.now.get("users")
    if counts is None or len(counts) == 0:
        return []
    every = users(counts, about_all(counts)).value
    found = []
    for key, rows in groups(counts, ("dimension", "value"), ~about_all(counts)):
        mask = np.zeros(len(counts), dtype=np.bool_)
        mask[rows] = True
        here = users(counts, mask)
        if not every:
            here = unmeasured("users are not counted")
        found.append(
            dresser.estimate(
                "users_share",
                here.map(1 / every) if every else here,
                subject=Subject(segment=segment_name(*key)),
                source="users",
            )
        )
    return found


def _worst(
    dresser: Dresser,
    now: Tables,
    measured: dict[tuple[str, ...], Measurement],
    before: dict[tuple[str, ...], Measurement],
) -> Estimate:
    """The segment that stands out, as its ratio to the rest."""
    found = []
    for key, table in now.items():
        tp, fp, fn, tn = _judged(table)
        found.append(
            SegmentRate(
                segment=segment_name(*key),
                k=fp + fn,
                n=tp + fp + fn + tn,
                now=measured[key],
                base=before.get(key),
                pair=PAIR in key[0],
            )
        )
    k, n = _whole(now)
    chosen = worst(found, k, n)
    if chosen is None:
        reason = "no segment stands out" if n else "no labels yet"
        return dresser.estimate(
            "worst_segment",
            unmeasured(reason, n),
            verdict=Verdict("", reason),
            source="score_by_segment",
        )
    return dresser.estimate(
        "worst_segment",
        chosen.ratio,
        subject=Subject(segment=chosen.segment),
        verdict=Verdict("", chosen.sentence),
        source="score_by_segment",
    )


def _whole(by_segment: Tables) -> tuple[int, int]:
    """Wrong and labelled decisions of the service, from the dimension that covers most of them."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (dimension, _), table in by_segment.items():
        tp, fp, fn, tn = _judged(table)
        totals[dimension][0] += tp + fp + fn + tn
        totals[dimension][1] += fp + fn
    n, k = max(totals.values(), default=[0, 0])
    return k, n
