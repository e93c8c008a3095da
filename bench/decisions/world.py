"""What an incident truly is: a healthy service, as it is drawn before anything goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from scipy.special import ndtr

from bench.decisions.features import Change, Features, draw_features
from bench.decisions.load import Load, bound_for
from bench.decisions.quality import Floats, Scores, share_hit, threshold_for

VERSIONS = ("v41", "v42")  # the previous one and the new one
PREVIOUS, NEW = 0, 1
SEGMENTS = ("BR", "DE", "FR", "IN", "US")
# Minutes until a label is known; the last one's never is.
DELAYS = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 1e6])


@dataclass(frozen=True, eq=False, kw_only=True)
class Spoilt:
    """Which share of a version's requests in a segment is hit since onset, and how."""

    share: Floats  # (versions, segments)
    together: float = 1.0  # how far the classes are drawn together: 1 leaves no information
    moved: float = 0.0  # by how much log-odds are moved


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Something on the record: minutes after onset, negative for before."""

    kind: str
    minute: float
    text: str
    version: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class World:
    """Everything true of one incident: who is served by what, how well, and what went wrong."""

    shape: str = "healthy"
    fault: str = "noise"  # of config.FAULTS
    segments: tuple[str, ...]
    mix: Floats  # share of each segment, before and since onset: (2, segments)
    requests: float  # a minute, at the time of looking
    surge: float = 1.0  # traffic since onset, against before
    trend: float  # by which share traffic grows in an hour from now on
    serving: float  # share of the new version now
    deployed: int | None = None  # minutes after onset, when the new one began; null: long ago
    scores: Scores
    less: float  # share of the previous version's requests that it knows nothing about
    spoilt: Spoilt
    shared: float  # how much of a fault in shared features the previous version has too
    load: Load
    counted_workers: bool  # whether the team says how many workers are warm
    rules: Floats  # false alarms and missed positives a request, of the rules
    delays: Floats  # chance of each of DELAYS, before and since onset, by class: (2, 2, delays)
    features: Features
    changes: tuple[Change, ...] = ()
    feature_age: tuple[float, float] = (300.0, 300.0)  # p95, seconds, before and since onset
    happened: tuple[Happened, ...] = ()
    before: int  # minutes on record before onset
    since: int  # minutes since then
    picked: int = 1  # of so many windows by chance, the worst is looked at
    minutes_to_fix: float  # the median
    restored: float  # share of what bad features do that pinning them ends

    @property
    def shares(self) -> Floats:
        """Share of the traffic that each version serves now."""
        return np.array([1.0 - self.serving, self.serving])

    def cells(self, version: int, faulty: bool) -> Floats:
        """Chance of each level and class for a request of a segment: (segments, levels, 2)."""
        scores, spoilt = self.scores, self.spoilt
        found = scores.cells()
        if version == PREVIOUS:
            found = (1.0 - self.less) * found + self.less * scores.cells(together=1.0)
        if not faulty:
            return found
        share = spoilt.share[version][:, None, None]
        return (1.0 - share) * found + share * scores.cells(spoilt.together, spoilt.moved)

    def wrong(self, version: int, faulty: bool) -> Floats:
        """False alarms and missed positives a request: (segments, 2)."""
        return self.scores.wrong(self.cells(version, faulty))


def healthy(rng: Generator) -> World:
    """A service with which all is well."""
    segments = SEGMENTS[: int(rng.integers(4, 6))]
    apart = float(rng.uniform(1.6, 2.6))
    base = log_uniform(rng, 0.02, 0.2) * np.exp(rng.normal(0, 0.2, len(segments)))
    scores = Scores(apart, base, threshold_for(apart, base, base.mean() * rng.uniform(0.7, 1.3)))
    mix = rng.dirichlet(np.full(len(segments), 8.0))
    none = np.zeros((len(VERSIONS), len(segments)))
    known = rng.uniform(0.6, 1.0)  # share of labels that ever come
    soon = log_uniform(rng, 2.0, 8.0)
    late = soon * float(rng.uniform(1.0, 1.5))  # positives are confirmed later
    delays = np.stack([label_delays(median, known) for median in (soon, late)])
    return World(
        segments=segments,
        mix=np.stack([mix, mix]),
        requests=log_uniform(rng, 600, 9_000),
        trend=float(rng.uniform(-0.15, 0.15)),
        serving=1.0 if rng.uniform() < 0.5 else float(rng.uniform(0.3, 0.95)),
        scores=scores,
        less=_less(scores, float(np.clip(rng.normal(0.05, 0.025), 0.0, None))),
        spoilt=Spoilt(share=none),
        shared=float(rng.uniform(0.6, 1.15)),
        load=_load(rng),
        counted_workers=bool(rng.uniform() < 0.75),
        rules=_rules(rng, scores),
        delays=np.stack([delays, delays]),
        features=draw_features(rng, len(segments)),
        before=int(rng.integers(90, 181)),
        since=int(rng.integers(5, 31)),
        minutes_to_fix=float(np.exp(rng.normal(np.log(90.0), 0.3))),
        restored=float(rng.uniform(0.75, 1.0)),
    )


def log_uniform(rng: Generator, low: float, high: float) -> float:
    """Any order of magnitude between the two alike."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def label_delays(median: float, known: float) -> Floats:
    """Chance of each of DELAYS, lognormal around the median; what never comes is the last."""
    edges = np.sqrt(DELAYS[1:-1] * DELAYS[:-2])
    below = known * ndtr(np.log(np.append(edges, 90.0) / median) / 0.8)
    return np.diff(np.concatenate([[0.0], below, [1.0]]))


def _less(scores: Scores, gain: float) -> float:
    """How much the previous version does not know, for it to be wrong more often by that share."""
    knowing, blind = (scores.wrong(scores.cells(t)).sum(axis=1).mean() for t in (0.0, 1.0))
    return float(share_hit(knowing, blind, 1.0 + gain))


def _load(rng: Generator) -> Load:
    load = Load(
        median=float(rng.uniform(40, 120)),
        spread=float(rng.uniform(0.3, 0.5)),
        crowding=float(rng.uniform(0.03, 0.1)),
        use=float(rng.uniform(0.5, 0.75)),
        bound=1.0,
        retries=int(rng.integers(0, 4)),
        warm=1.0 if rng.uniform() < 0.8 else float(rng.uniform(0.4, 0.9)),
        warming=float(rng.uniform(8, 16)),
    )
    return replace(load, bound=bound_for(load, float(rng.uniform(0.001, 0.005))))


def _rules(rng: Generator, scores: Scores) -> Floats:
    """Worse than the model in its healthy state, and alike in all segments."""
    wrong = scores.wrong(scores.cells()).mean(axis=0)
    alarms, missed = wrong * rng.uniform(1.5, 3.0) * np.exp(rng.normal(0, 0.2, 2))
    return np.array([alarms, min(missed, 0.9 * scores.base.mean())])
