"""What an overall rate hides: a reversal inside segments, one that fell, traffic that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.assess.methods.differences import chance_not_above, difference
from cockpit.assess.methods.false_discovery import adjusted
from cockpit.assess.methods.intervals import normal_quantile, wilson
from cockpit.assess.methods.measurement import LEVEL, Z
from cockpit.assess.segments.failures import Failures, failures
from cockpit.assess.segments.mix import Split, split
from cockpit.assess.slices import segment_name
from cockpit.tables import PAIR
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cockpit.assess.estimates import Moment
    from cockpit.assess.segments.rates import Key

    Splits = list[tuple[list[Key], Split]]  # of each dimension, its segments and the split by them

MIX_ALONE = "the change is the traffic mix, not the model"
_FALSE_ALARMS = (1 - LEVEL) / 2  # of all splits together, and of all segments together
_SMALLEST = 0.001  # a change under a tenth of a point is not worth a sentence
_LEFT = 0.5  # of a change that traffic explains, less than this may be left inside the segments
_WORDS = {"wrong_rate": "the share of wrong decisions"}


def mix_findings(moment: Moment) -> list[str]:
    """At most one sentence for each rate: wrong decisions, precision, recall, the team's own.

    A reversal: inside segments it surely moved, and traffic that surely moved hides it or turns it
    round. Else a segment that surely got worse while the whole did not. Else a change that the mix
    of traffic explains. Levels are of one look, corrected for all rates and segments looked at.
    """
    rates = failures(moment)
    by_rate = [_splits(rate) for rate in rates]
    z = normal_quantile(1 - _FALSE_ALARMS / max(sum(map(len, by_rate)), 1))
    found = []
    for rate, splits, worse in zip(rates, by_rate, _surely_worse(rates), strict=True):
        sentence = (
            _first(_reversal(rate, keys, parts, z) for keys, parts in splits)
            or _hidden(rate, worse, splits, z)
            or _first(_mix_only(rate, keys, parts, z) for keys, parts in splits)
        )
        found += [sentence] if sentence else []
    return found


def _splits(rate: Failures) -> Splits:
    """The split by each dimension, single ones first, by how much their traffic moved the rate."""
    found = [(keys, split(*rate.counts(keys))) for keys in rate.dimensions().values()]
    told = [(keys, parts) for keys, parts in found if parts is not None]
    return sorted(told, key=lambda told: (PAIR in told[0][0][0], -abs(told[1].mix.value)))


def _surely_worse(rates: list[Failures]) -> list[list[Key]]:
    """The segments of each rate that are surely worse than their baseline, surest first.

    Newcombe's interval of each difference; false discovery rate over the segments of all rates.
    """
    every = [(i, key) for i, rate in enumerate(rates) for key in rate.now if key in rate.base]
    sides = [(wilson(*rates[i].now[key]), wilson(*rates[i].base[key])) for i, key in every]
    changes = [difference(now.interval, base.interval) for now, base in sides]
    chance = adjusted(np.array([chance_not_above(change) for change in changes]))
    surest = [every[j] for j in np.argsort(chance, kind="stable") if chance[j] <= _FALSE_ALARMS]
    return [[key for j, key in surest if j == i] for i in range(len(rates))]


def _reversal(rate: Failures, keys: list[Key], parts: Split, z: float) -> str:
    """'precision rose 0.3 points overall, but fell in every device: more traffic is ios'."""
    within, mix, overall = parts.within, parts.mix, parts.overall
    hidden = within.above(z) and mix.below(z) and not overall.above(Z)
    turned = within.below(z) and mix.above(z) and overall.above(Z)
    if not (hidden or turned) or abs(within.value) < _SMALLEST:
        return ""
    dimension, each = inert(keys[0][0]), parts.each[~np.isnan(parts.each)]
    where = f"in every {dimension}"
    if (each * within.value <= 0).any():
        where = f"{_points(within.value)} inside {dimension}, at equal traffic"
    return (
        f"{_whole(rate, parts)} overall, but {_verb(rate, within.value)} {where}: "
        f"{_drawn(keys, parts)}"
    )


def _hidden(rate: Failures, worse: list[Key], splits: Splits, z: float) -> str:
    """'precision moved no more than noise overall, but fell 9.0 points to .790 in …'."""
    if not worse or not splits or splits[0][1].overall.above(Z):
        return ""
    (k, n), (k_base, n_base) = rate.now[worse[0]], rate.base[worse[0]]
    change = k / n - k_base / n_base
    if change < _SMALLEST:
        return ""
    keys, parts = splits[0]
    because = f": {_drawn(keys, parts)}" if parts.mix.below(z) else ""
    return (
        f"{_whole(rate, parts)} overall, but {_verb(rate, change)} {_points(change)} to "
        f"{_level(rate, k / n)} in {segment_name(*worse[0])}, of {n:,}{because}"
    )


def _mix_only(rate: Failures, keys: list[Key], parts: Split, z: float) -> str:
    """'precision fell 1.2 points: the change is the traffic mix, not the model: more …'."""
    within, mix, overall = parts.within, parts.mix, parts.overall
    worse = overall.above(z) and mix.above(z)
    better = overall.below(z) and mix.below(z)
    left = abs(within.value) + Z * within.error
    if not (worse or better) or left > _LEFT * abs(overall.value):
        return ""
    if abs(overall.value) < _SMALLEST:
        return ""
    return f"{_whole(rate, parts)}: {MIX_ALONE}: {_drawn(keys, parts)}"


def _whole(rate: Failures, parts: Split) -> str:
    """'precision rose 0.3 points', 'precision moved no more than noise'."""
    what, overall = _WORDS.get(rate.name, inert(rate.name)), parts.overall
    if not (overall.above(Z) or overall.below(Z)):
        return f"{what} moved no more than noise"
    return f"{what} {_verb(rate, overall.value)} {_points(overall.value)}"


def _verb(rate: Failures, change: float) -> str:
    return "fell" if (change > 0) == rate.higher_is_better else "rose"


def _points(change: float) -> str:
    return f"{100 * abs(change):.1f} points"


def _level(rate: Failures, failed: float) -> str:
    return numbers.proportion(1 - failed) if rate.higher_is_better else numbers.share(failed)


def _drawn(keys: list[Key], parts: Split) -> str:
    """'more traffic is device ios': what gained, or else lost, the traffic that moved the rate."""
    pull = parts.pull * np.sign(parts.mix.value)
    gained = np.where(parts.gained > 0, pull, 0.0)
    most = int(np.argmax(gained if gained.max() > 0 else pull))
    return f"{'more' if parts.gained[most] > 0 else 'less'} traffic is {segment_name(*keys[most])}"


def _first(sentences: Iterator[str]) -> str:
    return next(filter(None, sentences), "")
