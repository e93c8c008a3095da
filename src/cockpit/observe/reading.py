"""The reading half of an import: predictions, labels and reference, in pieces, into tallies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from cockpit.observe.counting import Tally, Words, chunks, tallies
from cockpit.observe.decode import Decoder
from cockpit.observe.features import FrozenFeature, freeze, usable_features
from cockpit.observe.importance import Importance
from cockpit.observe.labels import read_labels
from cockpit.observe.report import ImportReport, count_each
from cockpit.observe.survey import Survey, event_times
from cockpit.observe.tabulate import tabulate
from cockpit.observe.values import NO_TIME, without_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Progress, RowFile
    from cockpit.records import Counts


class Sources(NamedTuple):
    """The opened files of rows."""

    predictions: RowFile
    reference: RowFile | None
    labels: RowFile | None


@dataclass(frozen=True)
class Counted:
    """Everything that is counted: chunks as (end of the bucket, table, counts), in order."""

    chunks: Iterable[tuple[int, str, Counts]]
    reference: list[Counts]
    features: list[FrozenFeature]
    importance: dict[str, float]  # of each feature, from the reference


class Beginning(NamedTuple):
    """What is settled before rows are counted, and holds for all of them from then on."""

    top: dict[str, frozenset[str]]  # of each dimension, the values that are told apart
    features: list[FrozenFeature]
    reference: list[Counts]
    importance: dict[str, float]  # of each feature, from the reference


class Counting:
    """One reading of an import's files, `piece_rows` rows at a time."""

    def __init__(
        self,
        mapping: Mapping,
        sources: Sources,
        piece_rows: int,
        report: ImportReport,
        progress: Progress | None,
    ) -> None:
        self._map = mapping
        self._sources = sources
        self._piece_rows = piece_rows
        self._report = report
        self._progress = progress
        self._words = Words()
        self._importance = Importance()

    def run(self, user_key: bytes) -> Counted:
        """Read everything. Raises BadInput where no row can be used."""
        begun = self.begin()
        labels = None
        if self._sources.labels is not None:
            labels = read_labels(
                self._sources.labels, self._map, self._piece_rows, self._report, self._progress
            )
        rows = self._sources.predictions
        decoder = Decoder(
            self._map,
            rows.columns,
            self._words,
            begun.top,
            begun.features,
            user_key,
            self._report,
            labels,
        )
        by_order = self._map.clock is not None or (labels is not None and not labels.by_id)
        tables = self._count(rows, decoder, self._report, "predictions", strict=by_order)
        if labels is not None:
            labels.finish()
        self._report.require_used(rows.name)
        every = (tally.counts(self._words) for tally in tables.values())
        counted = chunks(every, self._map.bucket)
        return Counted(counted, begun.reference, begun.features, begun.importance)

    def begin(self) -> Beginning:
        """Freeze segments and bins, and count the reference by them."""
        top, features = self._survey()
        reference = self._count_reference(top, features)
        words, shares = self._words.all(), self._importance.shares()
        importance = {words[code]: share for code, share in shares.items()}
        return Beginning(top, features, reference, importance)

    def _count_reference(
        self, top: dict[str, frozenset[str]], features: list[FrozenFeature]
    ) -> list[Counts]:
        rows = self._sources.reference
        if rows is None:
            return []
        own = ImportReport()
        decoder = Decoder(
            self._map, rows.columns, self._words, top, features, b"", own, reference=True
        )
        tables = self._count(rows, decoder, own, "reference", strict=False)
        self._report.reference_rows = own.rows
        self._report.reference_incomplete = own.dropped | own.incomplete | own.labels_unused
        return [tally.counts(self._words) for tally in tables.values()]

    def _survey(self) -> tuple[dict[str, frozenset[str]], list[FrozenFeature]]:
        """What must be known before counting: the values of segments, and the features' bins."""
        predictions, reference = self._sources.predictions, self._sources.reference
        columns = None if reference is None else reference.columns
        wanted = usable_features(self._map, predictions.columns, columns)
        survey = Survey(self._map)
        timed = bool(wanted) and reference is None
        survey.look(predictions, self._piece_rows, "segments", self._progress, timed=timed)
        if reference is not None:
            survey.look(reference, self._piece_rows, "segments", self._progress, timed=False)
            pieces = reference.pieces(
                list(wanted), self._piece_rows, stage="reference", progress=self._progress
            )
        else:
            pieces = self._early(list(wanted), survey.early_end() or 0)
        features = freeze(pieces, wanted, self._report) if wanted else []
        return {d: survey.top_values(d) for d in self._map.dimensions}, features

    def _early(self, columns: list[str], end: int) -> Iterator[pa.RecordBatch]:
        """The predictions that happened before `end` (µs)."""
        rows, time = self._sources.predictions, self._map.time
        self._report.note_early_bins(end)
        first = 0
        wanted = [*columns, *([time] if time else [])]
        for piece in rows.pieces(wanted, self._piece_rows, stage="bins", progress=self._progress):
            at = event_times(piece, self._map, first)
            yield piece.filter(pa.array((at != NO_TIME) & (at < end)))
            first += piece.num_rows

    def _count(
        self, rows: RowFile, decoder: Decoder, report: ImportReport, stage: str, *, strict: bool
    ) -> dict[str, Tally]:
        tables = tallies(self._map.bucket)
        time = None if decoder.reference else self._map.time
        for piece in rows.pieces(
            decoder.columns(), self._piece_rows, strict=strict, stage=stage, progress=self._progress
        ):
            if time is not None and without_zone(piece[time]):
                report.note("times without a zone were read as UTC")
            batch = decoder.decode(piece, report.rows)
            tabulate(batch, tables, self._words, reference=decoder.reference)
            if decoder.reference:
                self._importance.add(batch)
            report.rows += piece.num_rows
            report.used += len(batch.at)
        report.rows += sum(rows.left_out.values())
        count_each(report.dropped, rows.left_out)
        return tables
