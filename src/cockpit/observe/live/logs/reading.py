"""One reading of a growing log, from a mark on, for as long as each answer is kept."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from cockpit.observe.labels import decode_labels
from cockpit.observe.live.logs.bad_rows import BadRows
from cockpit.observe.live.logs.counting import LogCounting, Segments, label_columns
from cockpit.observe.live.logs.label_index import fingerprints
from cockpit.observe.live.logs.scored import moves, scored
from cockpit.observe.live.source import Found, SourceFailed
from cockpit.observe.report import ImportReport
from cockpit.observe.survey import event_times
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cockpit.observe.decode import Batch
    from cockpit.observe.live.logs.beginning import Frozen
    from cockpit.observe.live.logs.label_index import LabelIndex, Scored
    from cockpit.observe.live.logs.mark import Mark
    from cockpit.observe.live.logs.tail import Part, Piece, Tail
    from cockpit.observe.live.source import Asked
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Rows
    from cockpit.records import Counts, Window

_LONGEST = 4.0  # seconds that rows are read for one answer; the rest is left for the next
_PARTS = 8  # parts of files that are handed over together when a recording begins
_MOST_TOLD = 10
_LOST = "the index of ids was gone: labels of what was counted before are not counted"
_CROWDED = "too many predictions wait for labels: the oldest are waited for no more"
_BEFORE = 0  # the generation of what happened before the first question: it is never taken back


class Log(NamedTuple):
    """A prediction log: its files, what their columns mean, and the index of ids."""

    mapping: Mapping
    predictions: Tail
    labels: Tail | None
    ids: LabelIndex
    keep: int  # µs that labels are waited for


class Reading:
    """Goes on from a mark. What it has gathered since is found again if it is lost."""

    def __init__(self, log: Log, frozen: Frozen, mark: Mark, now: int) -> None:
        self._log = log
        self._segments = Segments(frozen.top, mark.joined)
        self._features = frozen.frozen_features()
        self._fast, self._slow = mark.fast.copy(), dict(mark.slow)
        self._labels = mark.labels.copy()
        self._mark = mark  # of the answer that was given last
        self._bad = BadRows()
        self._lost = {} if log.ids.go_on_from(mark.generation) else {"labels": _LOST}
        self._generation = max(now, mark.generation + 1)
        self.counting = self._counting()
        for piece in log.predictions.between(mark.slow, mark.fast, self.counting.wanted, now):
            self._count(piece, slow_only=True)

    def _counting(self) -> LogCounting:
        log = self._log
        return LogCounting(log.mapping, self._segments, self._features, log.ids.salt)

    def go_on(self, asked: Asked) -> Found:
        """What was added since the last time. Raises SourceFailed."""
        deadline = time.monotonic() + _LONGEST
        behind = self._read_rows(asked.now, deadline)
        failing = dict(self._log.predictions.failing)
        if self._log.labels is not None:
            try:
                behind |= self._read_labels(self._log.labels, asked.now, deadline)
                failing |= self._log.labels.failing
            except SourceFailed as error:  # predictions are counted without
                failing["labels"] = inert(error, 200)
        failing |= self._bad.failing(self.counting.report, closing=asked.closing) | self._lost
        counts = self.counting.fast()
        if asked.closing:
            counts += self._close(asked.now)
        self._mark.fast, self._mark.slow = self._fast.copy(), dict(self._slow)
        self._mark.joined = self._segments.joined
        until = None if behind else asked.now
        return Found(self._mark.text(), counts, failing=_few(failing), until=until)

    def earlier(self, parts: list[Part], window: Window) -> Iterator[Found]:
        """What parts of the log say of a window; held to be kept when the next is asked for."""
        for first in range(0, len(parts), _PARTS):
            group = parts[first : first + _PARTS]
            counting, met = self._counting(), False
            waiting: list[Scored] = []
            for piece in chain.from_iterable(
                self._log.predictions.of(part, counting.wanted) for part in group
            ):
                inside = piece._replace(rows=_since(piece.rows, self._log.mapping, window.start))
                batch = counting.add(inside)
                waiting += self._scored(inside, batch, counting)
                met |= len(batch.at) > 0
            if not met:
                return  # and what was written before is older
            yield Found("", [*counting.fast(), *counting.slow()])
            for rows in waiting:
                self._log.ids.add(rows, _BEFORE)
            self._log.ids.commit(self._mark.generation)

    def _read_rows(self, now: int, deadline: float) -> bool:
        """Count what was added to the predictions; whether there is more."""
        for piece in self._log.predictions.added(self._fast, self.counting.wanted, now):
            name = piece.file.name
            left = self._slow.pop(piece.was, piece.at)
            self._slow[name] = min(left, self._slow.get(name, left))
            self._count(piece)
            if time.monotonic() > deadline:
                return True
        return False

    def _count(self, piece: Piece, *, slow_only: bool = False) -> None:
        batch = self.counting.add(piece, slow_only=slow_only)
        self._bad.look(self.counting.report, piece)
        for rows in self._scored(piece, batch, self.counting):
            self._log.ids.add(rows, self._generation)

    def _scored(self, piece: Piece, batch: Batch, counting: LogCounting) -> list[Scored]:
        """What the index needs of rows whose labels come later."""
        if self._log.labels is None or not len(batch.at):
            return []
        ids = piece.rows[self._log.mapping.settings.id]
        keys, found = fingerprints(ids, self._log.ids.salt)
        own = keys[batch.rows], found[batch.rows]
        return [scored(batch, *own, counting.words, self._log.ids)]

    def _read_labels(self, labels: Tail, now: int, deadline: float) -> bool:
        """Put what was added to the labels into the index; whether there is more."""
        for piece in labels.added(self._labels, self._wanted_labels, now):
            values, at, usable = decode_labels(piece.rows, self._log.mapping, ImportReport())
            ids = piece.rows[self._log.mapping.settings.id]
            keys, found = fingerprints(ids, self._log.ids.salt)
            kept = usable & found
            self._log.ids.add_labels(keys[kept], at[kept], values[kept], self._generation)
            if time.monotonic() > deadline:
                return True
        return False

    def _wanted_labels(self, rows: Rows) -> list[str]:
        columns = label_columns(self._log.mapping)
        for key, column in columns.items():
            self._log.mapping.require(rows, column, key)
        return list(dict.fromkeys(columns.values()))

    def _close(self, now: int) -> list[Counts]:
        """Hand over the slow tables: of new rows, and of those whose labels came."""
        index = self._log.ids
        if self._log.labels is not None:
            for moved in index.settle(self._log.mapping, self._generation):
                batch = moves(moved, self._log.mapping, self.counting.words, index)
                self.counting.add_moves(batch)
            if index.drop_before(now - self._log.keep):
                self._lost["labels"] = _CROWDED
        index.commit(self._generation)
        self._mark.generation, self._mark.labels = self._generation, self._labels.copy()
        self._generation = max(now, self._generation + 1)
        self._slow = {}
        return self.counting.slow()


def _since(rows: pa.RecordBatch, mapping: Mapping, start: int) -> pa.RecordBatch:
    """The rows that happened at `start` (µs) or later."""
    return rows.filter(pa.array(event_times(rows, mapping, 0) >= start))


def _few(failing: dict[str, str]) -> dict[str, str]:
    return dict(list(failing.items())[:_MOST_TOLD])
