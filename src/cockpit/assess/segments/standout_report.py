"""Who is hurt, in words: the worst segment, and those that stand out beside it or through it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cockpit import numbers
from cockpit.assess.methods.measurement import unmeasured
from cockpit.assess.segments.standouts import (
    FALSE_NAMES,
    SegmentRate,
    Standout,
    chance_above_rest,
    standouts,
)
from cockpit.assess.slices import Subject, segment_name
from cockpit.assess.verdicts import Verdict
from cockpit.tables import PAIR
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment
    from cockpit.assess.segments.rates import Decisions, Key, Rates
    from cockpit.records import Estimate

_SOURCE = "score_by_segment"
_MOST_NAMED = 3


def stand_out(now: dict[Key, Decisions], measured: Rates, before: Rates) -> list[Standout]:
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


def worst_segment(
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


def several(named: list[Standout], now: dict[Key, Decisions]) -> list[str]:
    """Which segments stand out, where several do: those of their own, and those through the worst.

    'region BR 4.7×, device android 1.4×': where the android requests outside BR are as good as the
    rest outside BR, android is said to stand out only through BR.
    """
    if len(named) < 2:
        return []
    keys = {segment_name(*key): key for key in now}
    worst = named[0]
    through = [
        one for one in named[1:] if _only_through(keys[worst.segment], keys[one.segment], now)
    ]
    own = [one for one in named if one not in through]
    told = f"{len(named)} of {len(now)} segments have surely more wrong decisions: {_listed(own)}"
    if through:
        told += f"; only through {worst.segment}: {_listed(through)}"
    return [told]


def _only_through(worst: Key, other: Key, now: dict[Key, Decisions]) -> bool:
    """Whether a segment has no more wrong decisions than the rest once the worst is left out."""
    if worst in _parts(other):
        return True
    both = now.get(worst) if other in _parts(worst) else _pair(worst, other, now)
    if both is None:
        return False
    k_all, n_all = _whole(now)
    k, n = now[other].wrong - both.wrong, now[other].judged - both.judged
    k_rest, n_rest = k_all - now[worst].wrong, n_all - now[worst].judged
    return chance_above_rest(k, n, k_rest, n_rest) > FALSE_NAMES


def _parts(key: Key) -> list[Key]:
    """The two segments that a pair is of; of a single segment, itself."""
    return list(zip(key[0].split(PAIR), key[1].split(PAIR), strict=False))


def _pair(one: Key, other: Key, now: dict[Key, Decisions]) -> Decisions | None:
    """What two segments share, where their dimensions are a declared pair."""
    for a, b in ((one, other), (other, one)):
        found = now.get((f"{a[0]}{PAIR}{b[0]}", f"{a[1]}{PAIR}{b[1]}"))
        if found is not None:
            return found
    return None


def _listed(named: list[Standout]) -> str:
    told = ", ".join(f"{one.segment} {one.ratio.value:.1f}×" for one in named[:_MOST_NAMED])
    more = len(named) - _MOST_NAMED
    return f"{told} and {more} more" if more > 0 else told


def _whole(now: dict[Key, Decisions]) -> tuple[int, int]:
    """Wrong and labelled decisions of the service, from the dimension that covers most of them."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (dimension, _), here in now.items():
        totals[dimension][0] += here.judged
        totals[dimension][1] += here.wrong
    n, k = max(totals.values(), default=[0, 0])
    return k, n
