"""Pieces of a prediction log decoded: each row's time, version, score, decision, label, …"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from cockpit.observe.labels import LabelFile, Labelling, column_labelling
from cockpit.observe.mapping import thresholds
from cockpit.observe.report import UNTIMED, count
from cockpit.observe.survey import event_times, folded
from cockpit.observe.values import NO_TIME, coded, flags, identities, numbers, user_bit
from cockpit.tables import ABSENT, ALL, PAIR, SERVED, SHADOW, UNKNOWN
from cockpit.text import inert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.observe.counting import Words
    from cockpit.observe.features import FrozenFeature
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.report import ImportReport

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

REFERENCE_VERSION = "reference"  # of reference rows that do not say theirs
MOST_STEPS = 1 << 43  # |x² / step| of one row: a million of them add up to less than 2⁶³


class Segment(NamedTuple):
    """Codes of a dimension (or pair of them) and of each row's value, shape (n,)."""

    dimension: int
    value: Ints


class Scoring(NamedTuple):
    """One model's scores (NaN: none) and decisions, shape (n,), and the codes of who made them."""

    version: Ints
    role: int
    score: Floats
    decision: Ints


class Metric(NamedTuple):
    """A rate's k (0, 1, −1: none) or a mean's x (NaN: none), shape (n,)."""

    name: int
    values: Ints | Floats
    step: float


@dataclass
class Batch:
    """Decoded rows; `at` is when each happened (µs), codes are those of the `Words` given."""

    at: Ints
    version: Ints
    whole: Segment
    rows: Ints  # the number of each row in its file
    new: bool = True  # else they were counted before, and only their labels move
    served: Scoring | None = None
    shadow: Scoring | None = None
    labelling: Labelling | None = None
    singles: list[Segment] = field(default_factory=list)
    pairs: list[Segment] = field(default_factory=list)
    features: list[tuple[int, Ints]] = field(default_factory=list)
    rates: list[Metric] = field(default_factory=list)
    means: list[Metric] = field(default_factory=list)
    seconds: Floats | None = None  # latency, NaN: none
    errors: Ints | None = None  # code of the kind, −1: none
    users: Ints | None = None  # bit, −1: none


class Decoder:
    """Decodes pieces of one file as the map says. Columns the file lacks were refused before."""

    def __init__(
        self,
        mapping: Mapping,
        columns: list[str],
        words: Words,
        top: dict[str, frozenset[str]],
        features: list[FrozenFeature],
        user_key: bytes,
        report: ImportReport,
        labels: LabelFile | None = None,
        *,
        reference: bool = False,
        labels_later: bool = False,
    ) -> None:
        """Labels come from `labels`, or later and from elsewhere, or stand beside the scores."""
        self._map = mapping
        self._settings = mapping.settings
        self._available = set(columns)
        self._words = words
        self._top = top
        self._features = [f for f in features if f.bins.name in self._available]
        self._user_key = user_key
        self._report = report
        self._labels = labels
        self._labels_apart = labels is not None or labels_later
        self.reference = reference

    def columns(self) -> list[str]:
        """The columns that are read: those that mean something and are there."""
        unread = (
            {self._map.label, self._map.label_time} if self._labels_apart else {self._settings.id}
        )
        if self.reference:
            unread |= {self._map.time, self._map.label_time, self._settings.user}
        unread -= self._map.counted_columns  # the same column may mean two things
        wanted = [c for c in self._map.columns if c not in unread]
        wanted += [feature.bins.name for feature in self._features]
        found = [c for c in dict.fromkeys(wanted) if c in self._available]
        return found or sorted(self._available)[:1]

    def decode(self, piece: pa.RecordBatch, first: int) -> Batch:
        """Decode a piece whose first row is row `first` of its file."""
        rows = np.arange(first, first + piece.num_rows, dtype=np.int64)
        if self.reference:
            at = np.zeros(len(rows), dtype=np.int64)
        else:
            at = event_times(piece, self._map, first)
        timed = at != NO_TIME
        if not timed.all():
            count(self._report.dropped, UNTIMED, int((~timed).sum()))
            piece, rows, at = piece.filter(pa.array(timed)), rows[timed], at[timed]
        version, names = self._versions(piece)
        all_rows = np.full(len(at), self._words.code(ALL), dtype=np.int64)
        whole = Segment(self._words.code(ALL), all_rows)
        batch = Batch(at=at, version=version, whole=whole, rows=rows)
        batch.served = self._served(piece, version, names)
        batch.shadow = self._shadow(piece)
        batch.labelling = self._label(piece, batch)
        self._segments(piece, batch)
        batch.features = [
            (
                self._words.code(f.bins.name),
                f.digitize(piece[f.bins.name], reference=self.reference),
            )
            for f in self._features
        ]
        self._metrics(piece, batch)
        self._requests(piece, batch)
        return batch

    def _has(self, column: str | None) -> bool:
        return column is not None and column in self._available

    def _versions(self, piece: pa.RecordBatch) -> tuple[Ints, list[str]]:
        """The code of each row's version, and the names of those in this piece."""
        column = self._settings.version
        if not self._has(column):
            constant = REFERENCE_VERSION if self._map.versions_in_column else column
            return np.full(piece.num_rows, self._words.code(constant), np.int64), [constant]
        codes, names = coded(piece[column])
        count(self._report.incomplete, f"no version, counted as {ABSENT}", int((codes < 0).sum()))
        names = [*names, ABSENT]
        return self._words.codes(names)[codes], names

    def _served(self, piece: pa.RecordBatch, version: Ints, names: list[str]) -> Scoring | None:
        settings = self._settings
        if not self._has(settings.score):
            return None
        score = self._scores(piece[settings.score], "score")
        if self._has(settings.prediction):
            decision, bad = flags(piece[settings.prediction])
            count(self._report.incomplete, "prediction neither 0 nor 1", int(bad.sum()))
        else:
            decision = self._decide(score, version, names)
        return Scoring(version, self._words.code(SERVED), score, decision)

    def _shadow(self, piece: pa.RecordBatch) -> Scoring | None:
        shadow = self._settings.shadow
        if shadow is None or not self._has(shadow.score):
            return None
        score = self._scores(piece[shadow.score], "shadow score")
        version = np.full(len(score), self._words.code(shadow.version), dtype=np.int64)
        if shadow.threshold is None:
            decision = self._decide(score, version, [shadow.version])
        else:
            decision = np.where(np.isnan(score), UNKNOWN, score >= shadow.threshold)
        return Scoring(version, self._words.code(SHADOW), score, decision)

    def _scores(self, column: pa.Array, what: str) -> Floats:
        score, bad = numbers(column)
        missing = np.isnan(score)
        with np.errstate(invalid="ignore"):
            outside = ~missing & ~((score >= 0.0) & (score <= 1.0))
        count(self._report.incomplete, f"no {what}", int((missing & ~bad).sum()))
        count(self._report.incomplete, f"{what} is not a number", int(bad.sum()))
        count(self._report.incomplete, f"{what} outside 0 to 1", int(outside.sum()))
        return np.where(outside, np.nan, score)

    def _decide(self, score: Floats, version: Ints, names: list[str]) -> Ints:
        by_version = thresholds(self._settings)
        default = by_version.get("", np.nan)
        limit = np.full(len(score), np.nan)
        for name in names:
            limit[version == self._words.code(name)] = by_version.get(name, default)
        scored = ~np.isnan(score)
        decided = scored & ~np.isnan(limit)
        if by_version:
            undecided = int((scored & ~decided).sum())
            count(self._report.incomplete, "version without a threshold, so no decision", undecided)
        with np.errstate(invalid="ignore"):
            return np.where(decided, (score >= limit).astype(np.int64), UNKNOWN)

    def _label(self, piece: pa.RecordBatch, batch: Batch) -> Labelling | None:
        labelling = self._labelling(piece, batch.at, batch.rows)
        if labelling is None:
            return None
        if self._map.label_decision is not None and batch.served is not None:
            kept = labelling.only(batch.served.decision == self._map.label_decision)
            left_out = labelling.size - kept.size
            count(self._report.labels_unused, "outside labels_only_when", left_out)
            labelling = kept
        self._report.labels_used += labelling.size
        return labelling

    def _labelling(self, piece: pa.RecordBatch, at: Ints, rows: Ints) -> Labelling | None:
        if self._labels is not None:
            keys, found = rows, np.ones(len(rows), dtype=bool)
            if self._labels.by_id:
                keys, found = identities(piece[self._settings.id])
                count(self._report.incomplete, "no id, so no label", int((~found).sum()))
            return self._labels.labelling(keys, found, at)
        if self._has(self._map.label) and not self._labels_apart:
            return column_labelling(piece, self._map, at, self._report, at_once=self.reference)
        return None

    def _segments(self, piece: pa.RecordBatch, batch: Batch) -> None:
        values: dict[str, tuple[Ints, list[str]]] = {}
        for dimension in self._map.dimensions:
            if self._has(dimension):
                codes, words = coded(piece[dimension])
                names = folded(words, self._top[dimension])
                values[dimension] = codes, names
                segment = Segment(self._words.code(dimension), self._words.codes(names)[codes])
                batch.singles.append(segment)
        for one, other in self._map.pairs:
            if one in values and other in values:
                name = self._words.code(one + PAIR + other)
                batch.pairs.append(Segment(name, self._pair(values[one], values[other])))

    def _pair(self, one: tuple[Ints, list[str]], other: tuple[Ints, list[str]]) -> Ints:
        (codes, names), (other_codes, other_names) = one, other
        # −1 (no value) stands for the last name
        combined = codes % len(names) * len(other_names) + other_codes % len(other_names)
        present, inverse = np.unique(combined, return_inverse=True)
        words = [
            names[c // len(other_names)] + PAIR + other_names[c % len(other_names)]
            for c in present.tolist()
        ]
        return self._words.codes(words)[inverse]

    def _metrics(self, piece: pa.RecordBatch, batch: Batch) -> None:
        for rate in self._settings.rates:
            if self._has(rate.column):
                values, bad = flags(piece[rate.column])
                count(
                    self._report.incomplete, f"{inert(rate.name)}: neither 0 nor 1", int(bad.sum())
                )
                batch.rates.append(Metric(self._words.code(rate.name), values, 1.0))
        for mean in self._settings.means:
            if self._has(mean.column):
                x, bad = numbers(piece[mean.column])
                count(self._report.incomplete, f"{inert(mean.name)}: not a number", int(bad.sum()))
                with np.errstate(over="ignore"):
                    large = ~np.isnan(x) & ~(np.maximum(np.abs(x), x * x) < MOST_STEPS * mean.step)
                count(
                    self._report.incomplete,
                    f"{inert(mean.name)}: too large for its step of {mean.step:g}",
                    int(large.sum()),
                )
                x = np.where(large, np.nan, x)
                batch.means.append(Metric(self._words.code(mean.name), x, mean.step))

    def _requests(self, piece: pa.RecordBatch, batch: Batch) -> None:
        settings = self._settings
        if self._has(settings.latency):
            latency, bad = numbers(piece[settings.latency])
            seconds = latency / 1000.0 if settings.latency_unit == "ms" else latency
            with np.errstate(invalid="ignore"):
                wrong = bad | ~(np.isnan(seconds) | (seconds >= 0.0) & (seconds < 1e9))
            count(self._report.incomplete, "latency is no time ≥ 0", int(wrong.sum()))
            batch.seconds = np.where(wrong, np.nan, seconds)
        if self.reference:
            return
        if self._has(settings.error):
            batch.errors = self._errors(piece[settings.error])
        if self._has(settings.user):
            codes, users = coded(piece[settings.user], longest=None)
            bits = [user_bit(user, self._user_key) for user in users]
            batch.users = np.array([*bits, -1], dtype=np.int64)[codes]

    def _errors(self, column: pa.Array) -> Ints:
        codes, words = coded(column)
        kinds = [error_kind(word) for word in words]
        by_code = [self._words.code(kind) if kind else -1 for kind in kinds]
        return np.array([*by_code, -1], dtype=np.int64)[codes]


def error_kind(word: str) -> str:
    """Empty where nothing failed, "error" for a plain yes, else the word."""
    plain = word.strip().lower()
    if plain in ("", "0", "0.0", "false", "no", "none", "null", "nan", "ok"):
        return ""
    return "error" if plain in ("1", "1.0", "true", "yes") else word
