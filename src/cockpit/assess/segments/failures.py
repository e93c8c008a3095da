"""Rates by segment as failures of rows, now and in their baseline: more of them is always worse."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.baseline import labelled_source, source
from cockpit.assess.metrics import NEEDS_EVERY_DECISION, metric
from cockpit.assess.segments.rates import decisions
from cockpit.assess.slices import about_all, groups, is_word
from cockpit.tables import PAIR, SERVED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.estimates import Moment
    from cockpit.assess.segments.rates import Key
    from cockpit.assess.slices import Mask
    from cockpit.records import Counts

    Tally = dict[Key, tuple[int, int]]  # failures and rows of each segment

_MODEL_RATES = ("wrong_rate", "precision", "recall")


@dataclass(frozen=True)
class Failures:
    """One rate's failures by segment; where higher is better, what it leaves to 1."""

    name: str
    higher_is_better: bool
    now: Tally
    base: Tally

    def dimensions(self) -> dict[str, list[Key]]:
        """The segments of each dimension, pairs of dimensions last."""
        found: dict[str, list[Key]] = defaultdict(list)
        for key in sorted(self.now | self.base, key=lambda key: (PAIR in key[0], key)):
            found[key[0]].append(key)
        return found

    def counts(self, keys: list[Key]) -> tuple[NDArray[np.float64], ...]:
        """Failures and rows now, failures and rows in the baseline; shapes (keys,)."""
        nothing = (0, 0)
        rows = [(*self.now.get(key, nothing), *self.base.get(key, nothing)) for key in keys]
        return tuple(np.array(rows, dtype=np.float64).T)


def failures(moment: Moment) -> list[Failures]:
    """Wrong decisions, precision, recall, and the team's rates that say which way is better."""
    return [rate for rate in _of_model(moment) + _of_team(moment) if rate.now and rate.base]


def _of_model(moment: Moment) -> list[Failures]:
    inputs = moment.inputs
    counts = inputs.now.get("score_by_segment")
    base = labelled_source(inputs, "score_by_segment", moment.begun)
    if counts is None or len(counts) == 0 or base is None:
        return []
    now = decisions(counts, is_word(counts, "role", SERVED))
    before = decisions(base.counts, base.served())
    found = []
    for name in _MODEL_RATES:
        if inputs.map.labels_only_when and name in NEEDS_EVERY_DECISION:
            continue
        better = metric(name, inputs.map).direction == "higher_is_better"
        tallies = [
            {key: _failed(*part.k_of_n(name), better) for key, part in side.items()}
            for side in (now, before)
        ]
        found.append(Failures(name, better, *tallies))
    return found


def _of_team(moment: Moment) -> list[Failures]:
    counts = moment.inputs.now.get("rate")
    base = source(moment.inputs, "rate", moment.begun)
    if counts is None or len(counts) == 0 or base is None:
        return []
    found = []
    for name in counts.words["name"]:
        direction = metric(name, moment.inputs.map).direction
        if direction in ("higher_is_better", "lower_is_better"):
            better = direction == "higher_is_better"
            now = _tally(counts, is_word(counts, "name", name), better)
            mask = is_word(base.counts, "name", name)
            before = _tally(base.counts, mask if base.mask is None else mask & base.mask, better)
            found.append(Failures(name, better, now, before))
    return found


def _tally(counts: Counts, mask: Mask, higher_is_better: bool) -> Tally:
    k, n = counts.columns["k"], counts.columns["n"]
    return {
        key: _failed(int(k[rows].sum()), int(n[rows].sum()), higher_is_better)
        for key, rows in groups(counts, ("dimension", "value"), mask & ~about_all(counts))
    }


def _failed(k: int, n: int, higher_is_better: bool) -> tuple[int, int]:
    k = min(max(k, 0), max(n, 0))
    return (n - k if higher_is_better else k), max(n, 0)
