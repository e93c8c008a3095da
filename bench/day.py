"""A synthetic day: 24 hours of 200 series and a million predictions, written as a recording is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cockpit import bins
from cockpit.incident.chunk_log import REFERENCE
from cockpit.incident.counts import concatenate
from cockpit.incident.file import IncidentFile
from cockpit.incident.telemetry import append
from cockpit.records import MINUTE, SECOND, Counts
from cockpit.tables import ALL, FIXED_POINT, NEW, SERIES, SERVED, UNKNOWN

MINUTES = 24 * 60
SERIES_COUNT, SAMPLE_EVERY = 200, 15 * SECOND
PREDICTIONS = 1_000_000
LABEL_DELAY = 5  # minutes
START = 1_700_000_000 * SECOND // MINUTE * MINUTE
DIMENSIONS = {"region": ("BR", "DE", "IN", "MX", "US"), "device": ("app", "web")}
FEATURES = 12
FEATURE_NAMES = tuple(f"feature_{i:02}" for i in range(FEATURES))
FEATURE_BINS = 24
USERS = 4_096

Ints = NDArray[np.int64]


def write_day(path: Path) -> None:
    """Make the recording. The same file each time, but for the names SQLite gives nothing to."""
    random = np.random.default_rng(7)
    rows = PREDICTIONS // MINUTES
    unlabelled: list[Predictions] = []
    with IncidentFile.create(path, service="bench", bucket=MINUTE) as file:
        put_reference(file, random)
        for minute in range(MINUTES):
            begin = START + minute * MINUTE
            end = begin + MINUTE
            made = Predictions(random, rows)
            unlabelled.append(made)
            chunks = [*made.unknown(begin, end), *made.traffic(begin, end)]
            if minute >= LABEL_DELAY:
                chunks += unlabelled.pop(0).labels(end - (LABEL_DELAY + 1) * MINUTE, end)
            for table, counts in _by_table([*chunks, series(random, begin)]).items():
                append(file, table, begin, end, counts)
        file.finish()


def put_reference(file: IncidentFile, random: np.random.Generator) -> None:
    """Write the bins, and what is usual."""
    file.put_document("bins", msgspec.json.encode(_feature_bins()).decode())
    for table, counts in _by_table(Predictions(random, 50_000).known(0, 0)).items():
        append(file, REFERENCE + table, 0, 0, counts)


def _by_table(parts: Iterable[Counts]) -> dict[str, Counts]:
    """One piece of each table, as an import writes one chunk of each for a bucket."""
    found: dict[str, list[Counts]] = defaultdict(list)
    for part in parts:
        found[part.table].append(part)
    return {table: concatenate(pieces) for table, pieces in found.items()}


class Predictions:
    """Some predictions of one minute, in the columns that are counted."""

    def __init__(self, random: np.random.Generator, rows: int) -> None:
        self.rows = rows
        self.version = random.choice(2, rows, p=(0.8, 0.2))
        self.score = random.beta(1.2, 6.0, rows)
        self.decision = (self.score > 0.5).astype(np.int64)
        self.label = (random.random(rows) < self.score).astype(np.int64)
        self.second = random.integers(0, 60, rows)
        self.seconds = random.lognormal(-2.5, 0.4, rows)
        self.error = random.random(rows) < 0.002
        self.user = random.integers(0, USERS, rows)
        self.segments = {name: random.integers(0, len(v), rows) for name, v in DIMENSIONS.items()}
        self.features = random.binomial(FEATURE_BINS - 1, 0.4, (FEATURES, rows))

    def unknown(self, begin: int, end: int) -> Iterator[Counts]:
        """The tables of predictions just made, whose labels nobody knows."""
        yield from self._scores(begin, end, UNKNOWN, NEW)
        times = {"valid": self._all(begin), "observed": self._all(end), "n": self._all(1)}
        version = {"version": self.version}
        for feature in range(FEATURES):
            keys = {**version, "feature": self._all(feature), "bin": self.features[feature]}
            columns = {**self._whole(), **keys, **times}
            yield self._counts("feature", columns, {"feature": FEATURE_NAMES})
        for columns, words in self._everyone():
            yield self._counts("users", {**version, **columns, "bit": self.user, **times}, words)

    def labels(self, begin: int, end: int) -> Iterator[Counts]:
        """What became known: labels of predictions that were made in the minute from `begin`."""
        yield from self._scores(begin, end, self.label, UNKNOWN)

    def known(self, begin: int, end: int) -> Iterator[Counts]:
        """The tables of a reference, labelled from the start."""
        yield from self._scores(begin, end, self.label, NEW)
        yield from (part for part in self.unknown(begin, end) if part.table == "feature")

    def traffic(self, begin: int, end: int) -> Iterator[Counts]:
        """The fast tables: requests and latencies by second."""
        valid = begin + self.second * SECOND
        times = {"valid": valid, "observed": valid + SECOND, "n": self._all(1)}
        version = {"version": self.version}
        asked = {**version, "kind": self._all(0), **times}
        yield self._counts("traffic", asked, {"kind": ("",)})
        failed = {name: column[self.error] for name, column in asked.items()}
        yield self._counts("traffic", failed, {"kind": ("timeout",)})
        columns = {**version, "bin": bins.latency_bin(self.seconds), **times}
        yield self._counts("latency", columns, {})

    def _scores(self, begin: int, end: int, label: Ints | int, was: int) -> Iterator[Counts]:
        fixed = np.floor(self.score * FIXED_POINT).astype(np.int64)
        common = {
            "version": self.version,
            "role": self._all(0),
            "decision": self.decision,
            "label": self._all(0) + label,
            "was": self._all(was),
            "valid": self._all(begin),
            "observed": self._all(end),
            "n": self._all(1),
            "sum_p": fixed,
            "sum_p2": fixed * fixed // FIXED_POINT,
        }
        role = {"role": (SERVED,)}
        yield self._counts("score", {**common, "bin": bins.score_bin(self.score)}, role)
        segment = bins.segment_bin(self.score)
        for columns, words in self._everyone():
            if words["dimension"] != (ALL,):
                columns = {**common, **columns, "bin": segment}
                yield self._counts("score_by_segment", columns, {**role, **words})

    def _everyone(self) -> Iterator[tuple[dict[str, Ints], dict[str, tuple[str, ...]]]]:
        yield self._whole(), {"dimension": (ALL,), "value": (ALL,)}
        for name, values in DIMENSIONS.items():
            columns = {"dimension": self._all(0), "value": self.segments[name]}
            yield columns, {"dimension": (name,), "value": values}

    def _whole(self) -> dict[str, Ints]:
        return {"dimension": self._all(0), "value": self._all(0)}

    def _all(self, value: int) -> Ints:
        return np.full(self.rows, value, dtype=np.int64)

    def _counts(
        self, table: str, columns: dict[str, Any], words: Mapping[str, tuple[str, ...]]
    ) -> Counts:
        every = {"version": ("v41", "v42"), "dimension": (ALL,), "value": (ALL,), **words}
        return Counts(table, columns, {n: w for n, w in every.items() if n in columns})


def _feature_bins() -> list[bins.FeatureBins]:
    """Bins as wide as one value of a feature."""
    edges = tuple(float(i) for i in range(FEATURE_BINS - 4))
    return [bins.FeatureBins(name=name, kind="numeric", edges=edges) for name in FEATURE_NAMES]


def series(random: np.random.Generator, begin: int) -> Counts:
    """A minute of all gauges."""
    times = begin + np.arange(0, MINUTE, SAMPLE_EVERY)
    valid = np.tile(times, SERIES_COUNT)
    pods = (f'cpu{{pod="payments-{i:03}"}}' for i in range(SERIES_COUNT - 2))
    return Counts(
        SERIES,
        {
            "name": np.repeat(np.arange(SERIES_COUNT), times.size),
            "valid": valid,
            "observed": valid + SECOND,
            "x": np.round(random.gamma(4.0, 20.0, valid.size), 1),
        },
        {"name": ("latency_p99", "saturation", *pods)},
    )
