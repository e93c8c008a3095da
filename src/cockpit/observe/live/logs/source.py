"""Prediction logs that grow, as a source: rows counted as an import counts them, as they come."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from cockpit.config import Every, Label
from cockpit.incident.rolling import file_stem, folder
from cockpit.incident.schema import ROLLING
from cockpit.observe.live.logs.beginning import Beginner, Frozen, RowsSoFar
from cockpit.observe.live.logs.counting import check_columns, has_label_file
from cockpit.observe.live.logs.files import LogFiles
from cockpit.observe.live.logs.label_index import LabelIndex
from cockpit.observe.live.logs.mark import Mark, Positions, read_mark
from cockpit.observe.live.logs.reading import Log, Reading
from cockpit.observe.live.logs.tail import Tail
from cockpit.observe.live.source import Found, SourceFailed
from cockpit.observe.mapping import mapping_in
from cockpit.observe.predictions import RowRequest
from cockpit.observe.report import ImportReport
from cockpit.observe.rows import open_rows
from cockpit.records import SECOND, BadInput, naming
from cockpit.text import inert
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from cockpit.config import IncidentSettings
    from cockpit.incident.file import IncidentFile
    from cockpit.observe.live.logs.log_rows import LogRows, Part
    from cockpit.observe.live.source import Asked
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import RowFile, Rows
    from cockpit.records import Window
    from cockpit.services import ServiceConfig

Answer = TypeVar("Answer")

_FOLDER = "indexes"
_BEFORE_GRID = 5 * SECOND // 2  # how long before a whole multiple of `every` it is asked


class LogSource:
    """The prediction log of a service; nothing is read before the first question."""

    name = "predictions"
    counts = True

    def __init__(self, service: ServiceConfig, file: IncidentFile, state_folder: Path) -> None:
        """Raises BadInput where the map does not fit a log that grows."""
        incident = service.config.incident
        self.every, self.after = beats_of_log(incident)
        self._map = _checked(mapping_in(service.config, service.document))
        self._look_back = parse_duration(incident.look_back)
        self._keep = min(parse_duration(incident.keep), self._map.label_horizon)
        self._file = file
        self._index_path = folder(state_folder, _FOLDER) / f"{file_stem(file.service)}.index"
        self._request = _request(service)
        self._predictions, self._labels = _rows(service, self._map)
        self._log: Log | None = None
        self._frozen: Frozen | None = None
        self._reading: Reading | None = None
        self._told = ""  # the mark of the answer that was given last
        self._parts: list[Part] = []  # of the log, that were there when the recording began
        self._one_at_a_time = threading.Lock()

    async def ask(self, asked: Asked) -> Found:
        """Rows that were added, and labels. Raises SourceFailed."""
        return await asyncio.to_thread(self._alone, self._ask, asked)

    async def earlier(self, window: Window) -> AsyncIterator[Found]:
        """Of the rows that were there at the first question, those of `window`."""
        assert self._reading is not None
        pieces = self._reading.earlier(self._parts, window)
        self._parts = []
        while (found := await asyncio.to_thread(self._alone, next, pieces, None)) is not None:
            yield found

    async def close(self) -> None:
        """Let go of the index."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._one_at_a_time:
            if self._log is not None:
                self._log.ids.close()

    def _alone(self, do: Callable[..., Answer], *given: Any) -> Answer:
        """Whatever goes wrong is told in words; after it, all goes on from the mark."""
        if not self._one_at_a_time.acquire(blocking=False):
            raise SourceFailed("still reading")
        try:
            return do(*given)
        except (BadInput, SourceFailed) as error:
            self._reading = None
            raise SourceFailed(inert(error, 200)) from None
        except (OSError, pa.ArrowException, sqlite3.Error) as error:
            self._reading = None
            raise SourceFailed(f"{self._predictions.shown}: {inert(error, 200)}") from None
        except BaseException:
            self._reading = None
            raise
        finally:
            self._one_at_a_time.release()

    def _ask(self, asked: Asked) -> Found:
        if self._log is None:
            index = LabelIndex(self._index_path, self._file.meta(ROLLING))
            labels = self._labels
            self._log = Log(self._map, self._predictions, labels, index, self._keep)
        log = self._log
        beginner = Beginner(self._file, self._map, log.ids, self._request, self._reference)
        if not asked.mark:
            found = self._first(log, beginner, asked.now)
        else:
            if self._reading is None or asked.mark != self._told:
                self._frozen = self._frozen or beginner.begun()
                if self._frozen is None:
                    raise SourceFailed("the recording does not say how it began")
                self._reading = Reading(log, self._frozen, read_mark(asked.mark), asked.now)
            found = self._reading.go_on(asked)
            if asked.closing and self._frozen is not None and self._frozen.features is None:
                self._freeze_bins(beginner, asked.now)
        self._told = found.mark
        return found

    def _first(self, log: Log, beginner: Beginner, now: int) -> Found:
        """Begin at the end of the log; what is there already is for `earlier`."""
        mark = Mark(labels=Positions(forgotten=max(now - self._keep, 0)))
        self._parts = self._passed(mark.fast, now)
        self._frozen = beginner.begin(RowsSoFar(self._predictions, self._parts), now)
        self._reading = Reading(log, self._frozen, mark, now)
        return Found(mark.text(), failing=dict(self._predictions.failing))

    def _passed(self, positions: Positions, now: int) -> list[Part]:
        """Move to the end of the log; what is passed over. Raises SourceFailed where it is none."""
        passed = self._predictions.skip(positions, self._check, now - self._look_back, now)
        if not self._predictions.columns:
            failing = [f"{name}: {why}" for name, why in self._predictions.failing.items()]
            raise SourceFailed(", ".join(failing) or f"{self._predictions.shown}: no whole row yet")
        return passed

    def _freeze_bins(self, beginner: Beginner, now: int) -> None:
        """Freeze the bins of features once there are rows enough; from then on they are counted."""
        rows = RowsSoFar(self._predictions, self._passed(Positions(), now))
        self._frozen = beginner.begin(rows, now)
        if self._frozen.features is not None:
            self._reading = None  # it goes on with them from its mark

    def _reference(self) -> RowFile | None:
        settings, request = self._map.settings, self._request
        if settings.ibis and settings.reference_table:
            from cockpit.observe.engine.growing import WholeTable

            return WholeTable(settings.ibis, settings.reference_table)
        return open_rows(request.reference) if request.reference else None

    def _check(self, rows: Rows) -> list[str]:
        check_columns(self._map.bound(rows), rows, None, ImportReport())
        return rows.columns


def beats_of_log(incident: IncidentSettings) -> tuple[int, int]:
    """How often a log is read, and how long after each whole multiple of that, µs."""
    every = parse_duration(incident.every)
    return every, every - min(_BEFORE_GRID, every // 4)


def _checked(mapping: Mapping) -> Mapping:
    """Raises BadInput where rows would be told by their number, which a growing log has not."""
    if isinstance(mapping.settings.time, Every):
        raise BadInput(
            f"{mapping.place('time')}: time: rows of a log that grows have times in a column"
        )
    if has_label_file(mapping) and mapping.settings.id is None:
        raise BadInput(
            f"{mapping.place('label')}: label: a log that grows is joined with its labels by id; "
            "name the column (id)"
        )
    return mapping


def _request(service: ServiceConfig) -> RowRequest:
    settings = service.config.sources.predictions
    reference = settings.reference if settings is not None else ""
    return RowRequest(
        reference=service.folder / reference if reference else None,
        config=service.path,
        service=service.name,
    )


def _rows(service: ServiceConfig, mapping: Mapping) -> tuple[LogRows, LogRows | None]:
    """Where predictions are read from, and labels that are kept apart. Raises BadInput."""
    settings = mapping.settings
    label = settings.label if isinstance(settings.label, Label) else None
    if not settings.ibis:
        return _tail(service, settings.path), _tail(service, label.path) if label else None
    from cockpit.observe.engine.growing import TableRows

    if label is not None and not (label.table and mapping.label_time):
        raise BadInput(
            f"{mapping.place('label')}: label: labels of a table that grows are in a table with"
            " times; write {table: labels, column: label, time: labelled_at}"
        )
    with naming(mapping.place("lag")):
        lag = parse_duration(settings.lag)

    def rows(table: str, time: str | None) -> TableRows:
        return TableRows(settings.ibis, table, time or "", lag)

    predictions = rows(settings.table, mapping.time)
    return predictions, rows(label.table, mapping.label_time) if label else None


def _tail(service: ServiceConfig, path: str) -> Tail:
    return Tail(LogFiles(str((service.folder / path).absolute())))
