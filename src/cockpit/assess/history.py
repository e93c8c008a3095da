"""Counts over time: the history of a table, added up into a few steps aligned to absolute time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.scores import size_of
from cockpit.assess.service.traffic import asked
from cockpit.assess.slices import is_word
from cockpit.bins import latency_edge
from cockpit.records import Window
from cockpit.tables import NEGATIVE, POSITIVE, SERVED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import Counts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_MOST = 120  # steps: about as many as a pane has columns of dots
_FACTORS = (1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600)


@dataclass(frozen=True)
class Steps:
    """`size` steps of `step` µs from `start`; they cover `window`."""

    start: int
    step: int
    size: int
    window: Window

    def index(self, valid: Ints) -> Ints:
        """Step of each time, which must lie in the window."""
        return (valid - self.start) // self.step

    def begin(self, index: int) -> int:
        """When a step begins, µs; never before the window does."""
        return max(self.start + index * self.step, self.window.start)

    def seconds(self) -> Floats:
        """How much of each step the window covers, in seconds."""
        edges = self.start + np.arange(self.size + 1) * self.step
        inside = np.clip(edges, self.window.start, self.window.end)
        covered: Floats = np.diff(inside) / 1e6
        return covered


def steps_of(window: Window, bucket: int) -> Steps:
    """Steps of a round number of buckets, at most about 120 of them over the window."""
    span = max(window.end - window.start, bucket)
    factor = next((f for f in _FACTORS if span <= f * bucket * _MOST), -(-span // (bucket * _MOST)))
    step = factor * bucket
    start = window.start - window.start % step
    return Steps(start, step, max(-(-(window.end - start) // step), 1), window)


def within(counts: Counts, window: Window) -> Mask:
    """Rows whose event bucket lies in the window."""
    valid = counts.columns["valid"]
    mask: Mask = (valid >= window.start) & (valid < window.end)
    return mask


def add_up(counts: Counts, steps: Steps, mask: Mask | None = None, column: str = "n") -> Ints:
    """Σ column in each step, over the rows where `mask` holds; shape (steps,)."""
    keep = within(counts, steps.window)
    if mask is not None:
        keep = keep & mask
    index = steps.index(counts.columns["valid"][keep])
    total = np.bincount(index, counts.columns[column][keep], steps.size)
    return np.maximum(total, 0.0).astype(np.int64)


def requests_and_errors(traffic: Counts, steps: Steps) -> tuple[Ints, Ints]:
    """Requests and errors in each step."""
    requests = asked(traffic)
    return add_up(traffic, steps, requests), add_up(traffic, steps, ~requests)


def wrong_decisions(scores: Counts, steps: Steps, mask: Mask | None = None) -> tuple[Ints, Ints]:
    """Wrong decisions, and labelled decisions, in each step."""
    label, decision = scores.columns["label"], scores.columns["decision"]
    judged = (label >= NEGATIVE) & (decision >= NEGATIVE) & served(scores)
    if mask is not None:
        judged = judged & mask
    return add_up(scores, steps, judged & (label != decision)), add_up(scores, steps, judged)


def precision(scores: Counts, steps: Steps) -> tuple[Ints, Ints]:
    """True positives, and labelled positive decisions, in each step."""
    label, decision = scores.columns["label"], scores.columns["decision"]
    judged = (label >= NEGATIVE) & (decision == POSITIVE) & served(scores)
    return add_up(scores, steps, judged & (label == POSITIVE)), add_up(scores, steps, judged)


def score_histograms(scores: Counts, steps: Steps, mask: Mask | None = None) -> Ints:
    """Served predictions in each step and score bin, shape (steps, bins)."""
    size = size_of(scores.table)
    keep = within(scores, steps.window) & served(scores)
    if mask is not None:
        keep &= mask
    keep &= (scores.columns["bin"] >= 0) & (scores.columns["bin"] < size)
    index = steps.index(scores.columns["valid"][keep]) * size + scores.columns["bin"][keep]
    total = np.bincount(index, scores.columns["n"][keep], steps.size * size)
    return np.maximum(total, 0.0).astype(np.int64).reshape(steps.size, size)


def labelled_histograms(scores: Counts, steps: Steps) -> tuple[Ints, Ints]:
    """The same of the rows labelled 1, and of those labelled 0."""
    label = scores.columns["label"]
    positive, negative = (
        score_histograms(scores, steps, label == known) for known in (POSITIVE, NEGATIVE)
    )
    return positive, negative


def served(counts: Counts) -> Mask:
    """Rows of predictions that were acted on, not those of a shadow."""
    return is_word(counts, "role", SERVED)


def quantile_ms(latency: Counts, steps: Steps, q: float) -> list[float | None]:
    """The q-quantile of each step in ms, the middle of its bucket; null where nothing was asked."""
    keep = within(latency, steps.window)
    bins, n = latency.columns["bin"][keep], latency.columns["n"][keep]
    if bins.size == 0:
        return [None] * steps.size
    least = int(bins.min())
    size = int(bins.max()) - least + 1
    index = steps.index(latency.columns["valid"][keep]) * size + bins - least
    cumulative = np.bincount(index, n, steps.size * size).reshape(steps.size, size).cumsum(axis=1)
    total = cumulative[:, -1]
    at = (cumulative < np.maximum(q * total, 1e-9)[:, None]).sum(axis=1)
    edges = latency_edge(least + np.arange(size + 1)) * 1000.0
    middle = (edges[1:] + edges[:-1]) / 2.0
    return [
        float(middle[min(i, size - 1)]) if rows > 0 else None
        for i, rows in zip(at, total, strict=True)
    ]
