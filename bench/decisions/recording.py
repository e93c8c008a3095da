"""A simulated incident, read as a recording is: the telemetry a session's gatherer asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from bench.decisions.counting import Bools, Counted, Ints, latencies
from bench.decisions.features import FEATURES
from bench.decisions.world import DELAYS, VERSIONS, World
from cockpit.bins import latency_bin, score_bin, segment_bin
from cockpit.records import MINUTE, SECOND, Counts, Event, Window
from cockpit.tables import ALL, FIXED_POINT, SERVED, TABLES, UNKNOWN

if TYPE_CHECKING:
    from cockpit.assess.inputs import Series

DIMENSION = "region"
ONSET = 1_760_000_040 * SECOND // MINUTE * MINUTE
MAP = "id: id\ntime: time\nsegments: [region]\nlatency: latency\nerror: error\n"


@dataclass(frozen=True, eq=False)
class Telemetry:
    """Answers as `cockpit.incident.telemetry.Telemetry` does, from what was counted.

    Nothing valid at a minute is seen before the minute is over, and no label before it came.
    """

    world: World
    counted: Counted

    @property
    def start(self) -> int:
        """The beginning of the record, µs."""
        return ONSET - self.world.before * MINUTE

    def span(self) -> Window:
        """From the first bucket to the end of the last."""
        return Window(start=self.start, end=self.start + len(self.counted.decided) * MINUTE)

    def told(self, at: int, look_back: int) -> None:
        """Nothing says before which time all is told: it is all there at once."""

    def as_of(self, clock: str, at: int) -> int:
        """End of the last bucket closed at `at`."""
        size = SECOND if clock == "fast" else MINUTE
        return at - at % size

    def counts(self, table: str, window: Window, as_of: int) -> Counts:
        """The rows valid in the window, summed over its buckets."""
        found = self._rows(table, window, as_of, each=False)
        return Counts(table, {k: v for k, v in found.columns.items() if k != "valid"}, found.words)

    def counts_by_valid(
        self, table: str, window: Window, as_of: int, without: tuple[str, ...] = ()
    ) -> Counts:
        """The same with a row for each bucket; the tables are small, so no column is left out."""
        return self._rows(table, window, as_of, each=True)

    def reference(self, table: str) -> Counts:
        """The reference's table: all of it is labelled."""
        counted = self.counted
        if table in ("score", "score_by_segment"):
            unknown = np.zeros((*counted.reference.shape[:2], 1), dtype=np.int64)
            labelled = np.concatenate([unknown, counted.reference], axis=-1)
            return self._scores(table, labelled[None, None], np.zeros(1), VERSIONS[:1])
        if table == "feature":
            stacked = [counts[None, None] for counts in counted.reference_features]
            return self._features(stacked, np.zeros(1), VERSIONS[:1])
        return _empty(table)

    def series(self, names: None, window: Window, as_of: int) -> dict[str, Series]:
        """The gauges: use of the busiest fleet, age of features, warm workers."""
        world, size = self.world, len(self.counted.use)
        times = self.start + np.arange(size) * MINUTE + MINUTE - SECOND
        since = np.arange(size) >= world.before
        values = {
            "saturation": np.minimum(self.counted.use, 1.0),
            "feature_age_p95": np.asarray(world.feature_age)[since.astype(np.int64)],
            f'warm_replicas{{version="{VERSIONS[0]}"}}': np.full(size, float(warm_workers(world))),
        }
        seen = (times >= window.start) & (times < as_of)
        return {name: (times[seen], value[seen]) for name, value in values.items()}

    def _rows(self, table: str, window: Window, as_of: int, each: bool) -> Counts:
        if table in ("latency", "traffic"):
            valid = self.start + np.arange(len(self.counted.latency)) * SECOND
            seen = (valid >= window.start) & (valid < min(window.end, as_of))
            return self._service(table, valid[seen], seen, each)
        valid = self.start + np.arange(len(self.counted.decided)) * MINUTE
        seen = (valid >= window.start) & (valid + MINUTE <= min(window.end, as_of))
        if table in ("score", "score_by_segment"):
            known = self._known(seen, valid[seen], as_of)
            return self._scores(table, known if each else _summed(known), valid[seen], VERSIONS)
        if table == "feature":
            counts = [c[seen] if each else _summed(c[seen]) for c in self.counted.features]
            return self._features(counts, valid[seen], VERSIONS)
        return _empty(table)

    def _known(self, seen: Bools, valid: Ints, as_of: int) -> Ints:
        """Predictions by label as far as it is known: unknown, 0, 1 on the last axis."""
        decided = self.counted.decided[seen]
        came = (valid[:, None] + MINUTE + DELAYS * MINUTE <= as_of)[:, None, None, None, None]
        labelled = (decided * came).sum(axis=-1)
        unknown = (decided.sum(axis=-1) - labelled).sum(axis=-1, keepdims=True)
        return np.concatenate([unknown, labelled], axis=-1)

    def _scores(self, table: str, n: Ints, valid: Any, versions: tuple[str, ...]) -> Counts:
        """`n` has the shape (buckets, versions, segments, levels, labels)."""
        whole = table == "score"
        index, n = _nonzero(n.sum(axis=2, keepdims=True) if whole else n)
        p = self.world.scores.probabilities()
        columns: dict[str, Any] = {
            "valid": valid[index[0]].astype(np.int64),
            "version": index[1],
            "role": np.zeros_like(n),
            "decision": (index[3] >= self.world.scores.threshold).astype(np.int64),
            "label": index[4] + UNKNOWN,
            "bin": (score_bin(p) if whole else segment_bin(p))[index[3]],
            "n": n,
            "sum_p": n * np.floor(p * FIXED_POINT).astype(np.int64)[index[3]],
            "sum_p2": n * np.floor(p * p * FIXED_POINT).astype(np.int64)[index[3]],
        }
        words: dict[str, tuple[str, ...]] = {"version": versions, "role": (SERVED,)}
        if not whole:
            columns |= {"dimension": np.zeros_like(n), "value": index[2]}
            words |= {"dimension": (DIMENSION,), "value": self.world.segments}
        return Counts(table, columns, words)

    def _features(self, counts: list[Ints], valid: Any, versions: tuple[str, ...]) -> Counts:
        """Of each feature (buckets, versions, segments, bins); all segments come first."""
        parts = []
        for which, n in enumerate(counts):
            both = np.concatenate([n.sum(axis=2, keepdims=True), n], axis=2)
            index, n = _nonzero(both)
            parts.append((*index, np.full_like(n, which), n))
        bucket, version, value, where, feature, n = np.concatenate([np.stack(p) for p in parts], 1)
        columns = {
            "valid": valid[bucket].astype(np.int64),
            "version": version,
            "dimension": (value > 0).astype(np.int64),
            "value": value,
            "feature": feature,
            "bin": where,
            "n": n,
        }
        words = {
            "version": versions,
            "dimension": (ALL, DIMENSION),
            "value": (ALL, *self.world.segments),
            "feature": FEATURES,
        }
        return Counts("feature", columns, words)

    def _service(self, table: str, valid: Ints, seen: Bools, each: bool) -> Counts:
        latency, errors = self.counted.latency[seen], self.counted.errors[seen]
        if table == "traffic":
            requests = latency.sum(axis=-1)
            both = np.stack([requests, errors], axis=-1)
            index, n = _nonzero(both if each else _summed(both))
            last = {"kind": index[2]}
        else:
            index, n = _nonzero(latency if each else _summed(latency))
            last = {"bin": self._latency_bins[index[2]]}
        columns = {"valid": valid[index[0]], "version": index[1], **last, "n": n}
        words: dict[str, tuple[str, ...]] = {"version": VERSIONS}
        if table == "traffic":
            words["kind"] = (ALL, "timeout")
        return Counts(table, columns, words)

    @cached_property
    def _latency_bins(self) -> Ints:
        edges = latencies(self.world)
        middles = np.sqrt(edges[1:] * edges[:-1])
        return latency_bin(middles / 1000.0)


def recording(world: World, counted: Counted) -> SimpleNamespace:
    """What `cockpit.session.gather.Gatherer` opens: the telemetry, and the file's documents."""
    documents = {
        "bins": msgspec.json.encode(world.features.bins).decode(),
        "map": MAP,
        "units": '{"feature_age_p95": "s"}',
    }
    file = SimpleNamespace(
        path=Path("simulated.incident"),
        bucket=MINUTE,
        document=documents.get,
        documents=lambda: list(documents),
    )
    return SimpleNamespace(recording=file, telemetry=Telemetry(world, counted))


def events(world: World) -> list[Event]:
    """What is on record beside counts, in order: deploys, changes, the page."""
    happened = [(h.kind, h.minute, h.text, h.version) for h in world.happened]
    if world.deployed is not None:
        happened.append(("deploy", world.deployed - 0.3, f"{VERSIONS[1]} deployed", VERSIONS[1]))
    found = []
    for i, (kind, minute, text, version) in enumerate(sorted(happened, key=lambda h: h[1])):
        at = ONSET + round(minute * MINUTE)
        data = {"version": version} if version else {}
        found.append(
            Event(
                id=f"recording:{i}",
                writer="recording",
                seq=i,
                lamport=i,
                at=at,
                observed_at=at,
                written_at=at,
                kind=kind,
                text=text,
                data=data,
            )
        )
    return found


WORKERS = 40  # of a full fleet


def warm_workers(world: World) -> int:
    """Workers of the previous version that are warm."""
    return max(round(WORKERS * max(world.load.warm, 1.0 - world.serving)), 1)


def _nonzero(n: Ints) -> tuple[tuple[Ints, ...], Ints]:
    index = np.nonzero(n)
    return index, n[index]


def _summed(n: Ints) -> Ints:
    return n.sum(axis=0, keepdims=True)


def _empty(table: str) -> Counts:
    described = TABLES[table]
    named = ("valid", *described.coded, *described.keys, *described.cells)
    names = (*named, "label") if described.labelled else named
    words: dict[str, tuple[str, ...]] = dict.fromkeys(described.coded, ())
    return Counts(table, {name: np.zeros(0, dtype=np.int64) for name in names}, words)
