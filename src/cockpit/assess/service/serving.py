"""Who served the requests, step by step: what shows that traffic was moved, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.service.traffic import asked
from cockpit.assess.slices import groups, is_word, segment_name
from cockpit.records import Counts, Window
from cockpit.tables import SERVED, SHADOW
from cockpit.text import inert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


ENOUGH = 30  # requests of a step, to see who serves
_BUCKETS = (1, 2, 3, 6, 12, 30)  # that a step may have


@dataclass(frozen=True, eq=False)
class Serving:
    """Requests by version: `requests[i, j]` are those of `versions[i]` in step j.

    Step j covers [starts[j], starts[j] + step), µs. All of them are over.
    """

    versions: tuple[str, ...]
    starts: Ints  # (steps,)
    step: int
    requests: Ints  # (versions, steps)

    @property
    def total(self) -> Ints:
        """Requests of each step, by whomever they were served."""
        every: Ints = self.requests.sum(axis=0)
        return every

    def of(self, version: str) -> Ints:
        """Requests of one version in each step."""
        if version not in self.versions:
            return np.zeros_like(self.starts)
        mine: Ints = self.requests[self.versions.index(version)]
        return mine


def serving(
    counts: Counts, window: Window, bucket: int, *, segment: str = "", shadow: bool = False
) -> Serving:
    """The whole steps of `window` in a table by event bucket, aligned to absolute time.

    `counts` is `traffic`, `score` or, for one `segment` ("region BR"), `score_by_segment`. With
    `shadow` the versions are those that score beside the one that decides. A step is one `bucket`,
    or several where requests are few.
    """
    kept = _kept(counts, segment, shadow)
    step = _step(int(counts.columns["n"][kept].sum()), window, bucket)
    first, end = -(-window.start // step), window.end // step
    starts = np.arange(first, max(end, first), dtype=np.int64) * step
    index = counts.columns["valid"] // step - first
    kept &= (index >= 0) & (index < starts.size)
    codes, n = counts.columns["version"], counts.columns["n"]
    words = counts.words.get("version", ())
    found = {}
    for code in np.unique(codes[kept]).tolist():
        mine = kept & (codes == code)
        added = np.bincount(index[mine], n[mine], starts.size)
        found[inert(words[code])] = np.maximum(added, 0.0).astype(np.int64)
    requests = np.array(list(found.values()), dtype=np.int64).reshape(len(found), starts.size)
    return Serving(tuple(found), starts, step, requests)


def _step(requests: int, window: Window, bucket: int) -> int:
    """The shortest step in which there are requests enough to see who serves."""
    span = max(window.end - window.start, 1)
    enough = (f for f in _BUCKETS if requests * f * bucket >= ENOUGH * span)
    return bucket * next(enough, _BUCKETS[-1])


def _kept(counts: Counts, segment: str, shadow: bool) -> Mask:
    """The rows that count requests of the segment."""
    kept: Mask = np.ones(len(counts), dtype=np.bool_)
    if "kind" in counts.columns:
        kept = asked(counts)
    if "role" in counts.columns:
        kept = is_word(counts, "role", SHADOW if shadow else SERVED)
    if segment:
        inside = np.zeros(len(counts), dtype=np.bool_)
        for key, rows in groups(counts, ("dimension", "value")):
            inside[rows] = segment_name(*key) == segment
        kept = kept & inside
    return kept
