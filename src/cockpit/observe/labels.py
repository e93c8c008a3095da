"""Labels: those beside the scores, and those that come in a file of their own, later, corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.observe.report import LABEL_AFTER_END, LATE_LABEL, count, count_each
from cockpit.observe.values import NO_TIME, flags, identities, times
from cockpit.tables import UNKNOWN

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from cockpit.observe.mapping import Mapping
    from cockpit.observe.report import ImportReport
    from cockpit.observe.rows import Progress, RowFile

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class Move(NamedTuple):
    """Rows (indices into a batch) whose label became known or was corrected, and when (µs)."""

    rows: Ints
    was: Ints
    label: Ints
    at: Ints


class Labelling(NamedTuple):
    """The label each row of a batch begins with, shape (n,), and the moves that follow."""

    initial: Ints
    moves: list[Move]

    def only(self, kept: Mask) -> Labelling:
        """The labels of some rows (a mask, shape (n,))."""
        moves = [Move(*(column[kept[move.rows]] for column in move)) for move in self.moves]
        return Labelling(np.where(kept, self.initial, UNKNOWN), moves)

    @property
    def size(self) -> int:
        """How many labels there are, corrections among them."""
        return int((self.initial != UNKNOWN).sum()) + sum(len(m.rows) for m in self.moves)


class Timing(NamedTuple):
    """When labels are known: at a time of their own, a fixed delay after the event, or at once."""

    timed: bool
    delay: int | None
    horizon: int
    end: int | None  # of the recording

    def labelling(self, changes: list[Move], event: Ints, report: ImportReport) -> Labelling:
        """Place the changes of rows that happened at `event`, none before its event."""
        initial = np.full(len(event), UNKNOWN, dtype=np.int64)
        if not self.timed and self.delay is None:
            for change in changes:
                initial[change.rows] = change.label
            return Labelling(initial, [])
        moves = []
        for change in changes:
            happened = event[change.rows]
            at = change.at if self.timed else happened + (self.delay or 0)
            soon = at - happened <= self.horizon
            count(report.labels_unused, LATE_LABEL, int((~soon).sum()))
            early = int((at < happened).sum())
            count(
                report.incomplete, "label known before its event, counted as known with it", early
            )
            known = change._replace(at=np.maximum(at, happened))
            if self.end is not None:
                after = soon & (known.at >= self.end)
                count(report.labels_unused, LABEL_AFTER_END, int(after.sum()))
                soon &= ~after
            moves.append(Move(*(column[soon] for column in known)))
        return Labelling(initial, moves)


class LabelFile:
    """Labels joined to predictions by id, or by row order; each key's labels in order of time."""

    def __init__(
        self,
        keys: Ints,
        labels: Ints,
        at: Ints,
        timing: Timing,
        report: ImportReport,
        *,
        by_id: bool,
    ) -> None:
        self.by_id = by_id
        order = np.lexsort((labels, at, keys))
        keys, labels, at = keys[order], labels[order], at[order]
        fresh = np.ones(len(keys), dtype=bool)
        fresh[1:] = (keys[1:] != keys[:-1]) | (labels[1:] != labels[:-1])
        count(report.labels_unused, "said again what was known", int((~fresh).sum()))
        keys, self._labels, self._at = keys[fresh], labels[fresh], at[fresh]
        self._keys, self._first, self._many = np.unique(keys, return_index=True, return_counts=True)
        self._timing = timing
        self._seen = np.zeros(len(self._keys), dtype=bool)
        self._asked = 0
        self._report = report
        if not timing.timed:
            contradicted = self._many > 1
            count(
                report.labels_unused,
                "contradict each other, and no time says which came last",
                int(self._many[contradicted].sum()),
            )
            self._seen[contradicted] = True
            self._many = np.where(contradicted, 0, self._many)

    def labelling(self, keys: Ints, found: Mask, event: Ints) -> Labelling:
        """Labels of rows with these keys (where `found`) that happened at `event` (µs): (n,)."""
        changes = []
        if len(self._keys):
            place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            many = np.where(found & (self._keys[place] == keys), self._many[place], 0)
            for turn in range(int(many.max(initial=0))):
                rows = np.flatnonzero(many > turn)
                at = self._first[place[rows]] + turn
                was = self._labels[at - 1] if turn else np.full(len(rows), UNKNOWN, np.int64)
                changes.append(Move(rows, was, self._labels[at], self._at[at]))
            self._seen[place[many > 0]] = True
            self._asked += int((many > 0).sum())
        return self._timing.labelling(changes, event, self._report)

    def finish(self) -> None:
        """Count labels no row asked for and rows that share one. Call after the last batch."""
        unmatched = int(self._many[~self._seen].sum())
        count(self._report.labels_unused, "for a prediction that is not there", unmatched)
        repeated = self._asked - int((self._seen & (self._many > 0)).sum())
        count(self._report.incomplete, "id that another row has as well", repeated)


def read_labels(
    rows: RowFile,
    mapping: Mapping,
    piece_rows: int,
    report: ImportReport,
    progress: Progress | None,
) -> LabelFile:
    """Read a labels file: by id where the map names one and the file has it, else by row order."""
    label, known = mapping.label, mapping.label_time
    mapping.require(rows, label, "label")
    mapping.require(rows, known, "label_time")
    by_id = mapping.settings.id is not None and mapping.settings.id in rows.columns
    if not by_id:
        report.note("labels were joined by row order")
    columns = [c for c in (mapping.settings.id if by_id else None, label, known) if c is not None]
    parts: list[tuple[Ints, Ints, Ints]] = []
    read = 0
    for piece in rows.pieces(
        columns, piece_rows, strict=not by_id, stage="labels", progress=progress
    ):
        values, at, usable = decode_labels(piece, mapping, report)
        if by_id:
            keys, found = identities(piece[mapping.settings.id])
            count(report.labels_unused, "no id", int((usable & ~found).sum()))
            usable &= found
        else:
            keys = np.arange(read, read + len(values), dtype=np.int64)
        parts.append((keys[usable], values[usable], at[usable]))
        read += len(values)
    report.labels = read
    count_each(report.labels_unused, rows.left_out)
    empty = np.zeros(0, dtype=np.int64)
    timing = Timing(
        known is not None, mapping.label_delay, mapping.label_horizon, mapping.label_end
    )
    columns_read = [np.concatenate([empty, *column]) for column in zip(*parts, strict=True)]
    keys, values, at = columns_read or (empty, empty, empty)
    return LabelFile(keys, values, at, timing, report, by_id=by_id)


def decode_labels(
    piece: pa.RecordBatch, mapping: Mapping, report: ImportReport
) -> tuple[Ints, Ints, Mask]:
    """Each row's label, when it was known (µs; 0 where no column says), and whether it is one."""
    values, bad = flags(piece[mapping.label])
    usable = values != UNKNOWN
    count(report.labels_unused, "neither 0 nor 1", int(bad.sum()))
    count(report.labels_unused, "empty", int((~usable & ~bad).sum()))
    at = np.zeros(len(values), dtype=np.int64)
    if mapping.label_time is not None:
        at = times(piece[mapping.label_time])
        count(report.labels_unused, "no time", int((usable & (at == NO_TIME)).sum()))
        usable &= at != NO_TIME
    return values, at, usable


def column_labelling(
    piece: pa.RecordBatch, mapping: Mapping, event: Ints, report: ImportReport, *, at_once: bool
) -> Labelling:
    """Labels that stand beside the predictions themselves; a reference's are known at once."""
    values, bad = flags(piece[mapping.label])
    known = mapping.label_time
    timed = known is not None and not at_once
    usable = values != UNKNOWN
    report.labels += int(usable.sum() + bad.sum())
    count(report.labels_unused, "neither 0 nor 1", int(bad.sum()))
    at = np.zeros(len(values), dtype=np.int64)
    if timed:
        at = times(piece[known])
        count(report.labels_unused, "no time", int((usable & (at == NO_TIME)).sum()))
        usable &= at != NO_TIME
    rows = np.flatnonzero(usable)
    change = Move(rows, np.full(len(rows), UNKNOWN, np.int64), values[rows], at[rows])
    delay = None if at_once else mapping.label_delay
    timing = Timing(timed, delay, mapping.label_horizon, mapping.label_end)
    return timing.labelling([change], event, report)
