"""Rows of a growing log into tables, as an import counts them: some at once, some gathered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.config import Label
from cockpit.observe.counting import Words, tallies
from cockpit.observe.decode import Decoder
from cockpit.observe.predictions import Given, check_given
from cockpit.observe.report import ImportReport, count
from cockpit.observe.rows import Rows
from cockpit.observe.survey import TOP
from cockpit.observe.tabulate import tabulate, tabulate_scores
from cockpit.observe.values import coded
from cockpit.tables import ABSENT, TABLES

if TYPE_CHECKING:
    import pyarrow as pa

    from cockpit.observe.counting import Tally
    from cockpit.observe.decode import Batch
    from cockpit.observe.features import FrozenFeature
    from cockpit.observe.live.logs.tail import Piece
    from cockpit.observe.mapping import Mapping
    from cockpit.records import Counts
    from cockpit.tables import Clock


class Segments:
    """The values of each dimension that are told apart: those met first, while there is room."""

    def __init__(self, top: dict[str, frozenset[str]], joined: dict[str, list[str]]) -> None:
        """`top` is from when the recording began; `joined` came later."""
        self.joined = {dimension: list(values) for dimension, values in joined.items()}
        self.top = {d: values.union(joined.get(d, ())) for d, values in top.items()}

    def join(self, rows: pa.RecordBatch) -> None:
        """Let new values have names of their own."""
        for dimension, top in self.top.items():
            if len(top) >= TOP:
                continue
            codes, words = coded(rows[dimension])
            met = [*words, *([ABSENT] if (codes < 0).any() else [])]
            new = [word for word in met if word not in top][: TOP - len(top)]
            if new:
                self.top[dimension] = top.union(new)
                self.joined.setdefault(dimension, []).extend(new)


class LogCounting:
    """What was counted and is not handed over yet."""

    def __init__(
        self, mapping: Mapping, segments: Segments, features: list[FrozenFeature], user_key: bytes
    ) -> None:
        self._map = mapping
        self._segments = segments
        self._features = features
        self._user_key = user_key
        self._begin()

    def _begin(self) -> None:
        self.words = Words()
        self.report = ImportReport()
        self._decoders: dict[tuple[str, ...], Decoder] = {}
        self._tables = tallies(self._map.bucket)

    def wanted(self, rows: Rows) -> list[str]:
        """Which columns of a file are read. Raises BadInput where it lacks one."""
        return self._decoder(rows).columns()

    def add(self, piece: Piece, *, slow_only: bool = False) -> Batch:
        """Count rows; `slow_only` where the fast tables have them already."""
        decoder = self._decoder(Rows(piece.file.shown, piece.columns))
        self._segments.join(piece.rows)
        batch = decoder.decode(piece.rows, 0)
        tables = self._tables | (_fast_tallies(self._map.bucket) if slow_only else {})
        tabulate(batch, tables, self.words, reference=False)
        self.report.rows += piece.rows.num_rows + piece.malformed
        self.report.used += len(batch.at)
        count(self.report.dropped, "malformed row", piece.malformed)
        return batch

    def add_moves(self, batch: Batch) -> None:
        """Count labels of rows that were counted before."""
        tabulate_scores(batch, self._tables)

    def fast(self) -> list[Counts]:
        """What was counted in the fast tables since they were handed over last."""
        counts = self._counts("fast")
        self._tables |= _fast_tallies(self._map.bucket)
        return counts

    def slow(self) -> list[Counts]:
        """The same of the slow tables; all words and bad rows are then forgotten."""
        counts = self._counts("slow")
        self._begin()
        return counts

    def _counts(self, clock: Clock) -> list[Counts]:
        every = [t.counts(self.words) for t in self._tables.values() if t.table.clock == clock]
        return [counts for counts in every if len(counts)]

    def _decoder(self, rows: Rows) -> Decoder:
        key = tuple(rows.columns)
        if key not in self._decoders:
            mapping = self._map.bound(rows)
            check_columns(mapping, rows, None, self.report)
            self._decoders[key] = Decoder(
                mapping,
                rows.columns,
                self.words,
                self._segments.top,
                self._features,
                self._user_key,
                self.report,
                labels_later=has_label_file(mapping),
            )
        return self._decoders[key]


def has_label_file(mapping: Mapping) -> bool:
    """Whether labels are kept apart from predictions."""
    return isinstance(mapping.settings.label, Label)


def label_columns(mapping: Mapping) -> dict[str, str]:
    """The columns of a file of labels, by the keys of the map that name them."""
    settings = mapping.settings
    named = {"id": settings.id, "label": mapping.label, "label_time": mapping.label_time}
    return {key: column for key, column in named.items() if column is not None}


def check_columns(
    mapping: Mapping, rows: Rows, reference: Rows | None, report: ImportReport
) -> None:
    """Raises BadInput where a file of predictions, or a reference, lacks a column of the map.

    A file of labels is looked into when it is read, not before: there may be none yet.
    """
    apart = has_label_file(mapping)
    labels = Rows("labels", list(label_columns(mapping).values())) if apart else None
    check_given(mapping, Given(rows, reference, labels), report)


def _fast_tallies(bucket: int) -> dict[str, Tally]:
    """Empty tallies of the fast tables."""
    return {name: t for name, t in tallies(bucket).items() if TABLES[name].clock == "fast"}
