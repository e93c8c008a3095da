"""Gaps between the groups of a protected column: in missed positives, and in who is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit import numbers
from cockpit.assess.baseline import labelled_source
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.methods.differences import difference
from cockpit.assess.methods.intervals import normal_quantile, wilson
from cockpit.assess.methods.measurement import LEVEL, Measurement, unmeasured
from cockpit.assess.quality.ranking import FEWEST
from cockpit.assess.segments.rates import Decisions, decisions
from cockpit.assess.slices import Subject, is_word, segment_name
from cockpit.assess.verdicts import Verdict
from cockpit.tables import SERVED
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.segments.rates import Key
    from cockpit.assess.slices import Mask
    from cockpit.records import Counts, Estimate

    Groups = dict[Key, tuple[int, int]]  # k of n of each group

_GAPS = ("false_negative_gap", "selection_gap")
_TOLD = {"false_negative_gap": "of positives missed", "selection_gap": "decided positive"}


def gaps(moment: Moment) -> list[Estimate]:
    """For each group of each protected column, its rate less that of the column's other groups.

    `false_negative_gap` is of fn/(fn + tp), above 0 where the group's positives are missed more
    often; `selection_gap` of the share decided positive, which needs no labels. Newcombe's interval
    (1998, method 10), at a level corrected for all groups (Bonferroni): all of them hold together.
    Rates are raw: a group borrows nothing from the others it is compared with.
    """
    counts = moment.inputs.now.get("score_by_segment")
    if not moment.inputs.map.protected or counts is None or len(counts) == 0:
        return []
    now = _protected(moment, counts, is_word(counts, "role", SERVED))
    z = normal_quantile(1 - (1 - LEVEL) / max(len(now), 1))
    base = labelled_source(moment.inputs, "score_by_segment", moment.begun)
    before = _protected(moment, base.counts, base.served()) if base is not None else {}
    found = []
    for name in _GAPS:
        here, there = _k_of_n(name, now), _k_of_n(name, before)
        for key in here:
            measured = _unlabelled(moment, name) or gap(here[key], _rest(key, here), z)
            compared = None
            if base is not None and key in there:
                before_it = gap(there[key], _rest(key, there), z)
                compared = Compared(base.what, before_it)
            found.append(
                moment.estimate(
                    name,
                    measured,
                    compared,
                    Subject(segment=segment_name(*key)),
                    source="score_by_segment",
                    verdict=Verdict("", _sentence(name, key, here, measured)),
                )
            )
    return found


def gap(group: tuple[int, int], rest: tuple[int, int], z: float) -> Measurement:
    """k/n of a group less k/n of the rest; null where either has under ten rows."""
    fewest = min(group[1], rest[1])
    if rest[1] == 0 and group[1] > 0:
        return unmeasured("no other group", group[1], group[0])
    if fewest < FEWEST:
        return unmeasured(f"too few: {fewest}", group[1], group[0])
    found = difference(wilson(*group, z=z).interval, wilson(*rest, z=z).interval)
    assert found is not None
    return Measurement(
        value=found.value, low=found.low, high=found.high, n=group[1], n_pos=group[0]
    )


def _protected(moment: Moment, counts: Counts, mask: Mask) -> dict[Key, Decisions]:
    columns = moment.inputs.map.protected
    return {key: found for key, found in decisions(counts, mask).items() if key[0] in columns}


def _k_of_n(name: str, groups: dict[Key, Decisions]) -> Groups:
    if name == "selection_gap":
        return {key: (one.positive, one.positive + one.negative) for key, one in groups.items()}
    return {key: (one.fn, one.fn + one.tp) for key, one in groups.items()}


def _rest(key: Key, groups: Groups) -> tuple[int, int]:
    others = [found for other, found in groups.items() if other[0] == key[0] and other != key]
    return sum(k for k, _ in others), sum(n for _, n in others)


def _unlabelled(moment: Moment, name: str) -> Measurement | None:
    only_when = moment.inputs.map.labels_only_when
    if only_when and name == "false_negative_gap":
        return unmeasured(f"labels only when {inert(only_when)}")
    return None


def _sentence(name: str, key: Key, groups: Groups, measured: Measurement) -> str:
    """'age_band 18–25: 31 % of positives missed, 18 % in the other groups: surely more (n 135)'."""
    segment = segment_name(*key)
    if measured.value is None or measured.low is None or measured.high is None:
        return f"{segment}: {measured.reason}"
    (k, n), (k_rest, n_rest) = groups[key], _rest(key, groups)
    sure = "may be chance"
    if measured.low > 0 or measured.high < 0:
        sure = "surely more" if measured.value > 0 else "surely fewer"
    return (
        f"{segment}: {numbers.share(k / n)} {_TOLD[name]}, {numbers.share(k_rest / n_rest)} in "
        f"the other groups: {sure} ({k:,} of {n:,}, {k_rest:,} of {n_rest:,})"
    )
