"""How a recording of a prediction log begins: segments and bins are frozen, and kept from then on.

What names rare categories stays in the index, in the state folder; the recording gets the rest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from cockpit.bins import FeatureBins
from cockpit.config import Features
from cockpit.incident.schema import BEGUN
from cockpit.observe.features import FrozenFeature, usable_features
from cockpit.observe.live.logs.counting import check_columns
from cockpit.observe.predictions import RowRequest, documents_of
from cockpit.observe.reading import Beginning, Counting, Sources
from cockpit.observe.report import ImportReport
from cockpit.observe.rows import RowFile, open_rows
from cockpit.observe.writing import append_reference, settled_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from cockpit.incident.file import IncidentFile
    from cockpit.observe.live.logs.label_index import LabelIndex
    from cockpit.observe.live.logs.tail import Part, Tail
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Progress

FEWEST_ROWS = 1_000  # of which bins are made where there is no reference
_MOST_PARTS = 8  # of the log that are looked at for that
_PIECE_ROWS = 100_000
_FROZEN = "frozen"  # the fact of the index


class Feature(msgspec.Struct):
    """The bins of a feature, and the categories that share one."""

    bins: FeatureBins
    rare: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()


class Frozen(msgspec.Struct):
    """By what rows are counted; `features` is None while there are too few rows for bins."""

    top: dict[str, frozenset[str]]
    features: list[Feature] | None

    def frozen_features(self) -> list[FrozenFeature]:
        """The features with their bins."""
        return [FrozenFeature(f.bins, f.rare, f.once) for f in self.features or []]


class RowsSoFar(RowFile):
    """The newest rows of a log as they are now."""

    def __init__(self, tail: Tail, parts: Sequence[Part]) -> None:
        """`parts` are of the files of `tail`, the newest first."""
        super().__init__(tail.shown, tail.columns, ())
        self._tail = tail
        self._parts = parts[:_MOST_PARTS][::-1]

    def pieces(
        self,
        columns: Sequence[str],
        rows: int,
        *,
        strict: bool = False,
        stage: str = "",
        progress: Progress | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Batches with just `columns`, the oldest rows first."""
        wanted = list(dict.fromkeys(columns))
        for part in self._parts:
            for piece in self._tail.of(part, lambda _: wanted):
                for start in range(0, piece.rows.num_rows, rows):
                    yield piece.rows.slice(start, rows)

    def at_least(self, rows: int) -> bool:
        """Whether there are so many."""
        for piece in self.pieces(self.columns[:1], rows):
            rows -= piece.num_rows
        return rows <= 0


class Beginner:
    """Freezes what a recording rests on, once; later it is read again."""

    def __init__(
        self, file: IncidentFile, mapping: Mapping, index: LabelIndex, request: RowRequest
    ) -> None:
        self._file = file
        self._map = mapping
        self._index = index
        self._request = request

    def begun(self) -> Frozen | None:
        """What was frozen when the recording began; None where it has not. Raises BadInput."""
        if not self._file.meta(BEGUN):
            return None
        kept = self._index.fact(_FROZEN)
        if kept:
            return msgspec.json.decode(kept, type=Frozen)
        text = self._file.document("bins")  # the state folder was emptied: rare words are unseen
        bins = msgspec.json.decode(text, type=list[FeatureBins]) if text is not None else None
        features = None if bins is None else [Feature(each) for each in bins]
        return Frozen(dict.fromkeys(self._map.dimensions, frozenset()), features)

    def begin(self, rows: RowsSoFar, now: int) -> Frozen:
        """Freeze segments and bins from a reference, else from `rows`. Raises BadInput.

        Where there is no reference and there are few rows, bins wait: `features` is then None.
        """
        begun = self.begun()
        if begun is not None and begun.features is not None:
            return begun
        report = ImportReport(service=self._map.service)
        mapping = self._map.bound(rows)
        reference = open_rows(self._request.reference) if self._request.reference else None
        check_columns(mapping, rows, reference, report)
        wanted = usable_features(mapping, rows.columns, None)
        waits = bool(wanted) and reference is None and not rows.at_least(FEWEST_ROWS)
        if begun is not None and waits:
            return begun
        if waits:
            without = msgspec.structs.replace(mapping.settings, features=Features())
            mapping = replace(mapping, settings=without)
        counting = Counting(mapping, Sources(rows, reference, None), _PIECE_ROWS, report, None)
        found = counting.begin()
        features = [Feature(f.bins, f.rare, f.once) for f in found.features]
        frozen = Frozen(begun.top if begun else found.top, None if waits else features)
        self._index.put_fact(_FROZEN, msgspec.json.encode(frozen).decode())
        self._write(found, mapping, rows, report, waits=waits, now=now)
        return frozen

    def _write(
        self,
        found: Beginning,
        mapping: Mapping,
        rows: RowsSoFar,
        report: ImportReport,
        *,
        waits: bool,
        now: int,
    ) -> None:
        documents = documents_of(self._request, self._map, rows.columns)
        del documents["config"]  # the recording has it as it is now
        documents |= settled_documents(mapping, found.features, found.importance)
        documents["report"] = msgspec.json.encode(report).decode()
        if waits:  # a document that is there already would not be copied to an open incident
            del documents["bins"], documents["report"]
        with self._file.transaction():
            append_reference(self._file, found.reference)
            for name, text in documents.items():
                self._file.put_document(name, text)
            self._file.put_meta(BEGUN, str(now))
