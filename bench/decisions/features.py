"""What the model reads: three features, their frozen bins, what a fault does to their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.decisions.quality import Floats
from cockpit.bins import MISSING, FeatureBins, freeze_categorical, freeze_numeric

FEATURES = ("amount", "days_since_login", "channel")
CHANNELS = ("app", "web", "partner", "phone")
_SAMPLE = 6_000  # values that stand for the distribution of a feature in a segment


@dataclass(frozen=True)
class Change:
    """What happens to a feature's values, of these versions in these segments."""

    feature: str
    how: Literal["missing", "times", "moved"]
    size: float  # the share that is missing, the factor, or the share of values from elsewhere
    versions: tuple[int, ...] = (0, 1)
    segments: tuple[int, ...] = ()  # none: all


@dataclass(frozen=True, eq=False)
class Features:
    """The bins, and the chance of each by segment: a (segments, bins) array for each feature."""

    bins: tuple[FeatureBins, ...]
    samples: tuple[tuple[NDArray[Any], ...], ...]  # values by feature and segment
    healthy: tuple[Floats, ...]

    def of(self, changes: tuple[Change, ...], version: int) -> list[Floats]:
        """The chance of each bin since onset, for one version."""
        found = [chances.copy() for chances in self.healthy]
        for change in changes:
            if version in change.versions:
                which = FEATURES.index(change.feature)
                for segment in change.segments or range(len(found[which])):
                    found[which][segment] = self._changed(change, which, segment)
        return found

    def _changed(self, change: Change, which: int, segment: int) -> Floats:
        bins, healthy = self.bins[which], self.healthy[which][segment]
        if change.how == "missing":
            missing = (np.arange(bins.size) == MISSING).astype(np.float64)
            return (1.0 - change.size) * healthy + change.size * missing
        if change.how == "times":
            return _chances(bins, self.samples[which][segment] * change.size)
        elsewhere = np.roll(self.healthy[which].mean(axis=0)[3:], 2)  # three bins hold no values
        moved = np.concatenate([np.zeros(3), elsewhere])
        return (1.0 - change.size) * healthy + change.size * moved


def draw_features(rng: Generator, segments: int) -> Features:
    """Features whose values differ a little between the segments."""
    amounts = tuple(np.exp(rng.normal(rng.normal(3.5, 0.3), 1.0, _SAMPLE)) for _ in range(segments))
    days = tuple(rng.exponential(rng.uniform(5, 9), _SAMPLE) for _ in range(segments))
    shares = rng.dirichlet(np.full(len(CHANNELS), 12.0), segments)
    channels = tuple(rng.choice(CHANNELS, _SAMPLE, p=share) for share in shares)
    bins = (
        freeze_numeric(FEATURES[0], np.concatenate(amounts)),
        freeze_numeric(FEATURES[1], np.concatenate(days)),
        freeze_categorical(FEATURES[2], dict.fromkeys(CHANNELS, _SAMPLE)),
    )
    samples = (amounts, days, channels)
    healthy = tuple(
        np.stack([_chances(own, values) for values in each])
        for own, each in zip(bins, samples, strict=True)
    )
    return Features(bins, samples, healthy)


def _chances(bins: FeatureBins, values: NDArray[Any]) -> Floats:
    return np.asarray(bins.histogram(values) / len(values))
