"""Prediction logs: whether their files or tables are there, with the columns that the map names."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from cockpit.observe.engine.url import shown
from cockpit.observe.live.logs.counting import check_columns
from cockpit.observe.live.logs.files import LogFiles
from cockpit.observe.live.logs.reach import reach
from cockpit.observe.live.logs.tail import opened
from cockpit.observe.live.reach.answering import Answer, aside, reached
from cockpit.observe.mapping import mapping_in
from cockpit.observe.predictions import RowRequest, check_given, open_given
from cockpit.observe.report import ImportReport
from cockpit.observe.rows import open_rows
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.config import Predictions
    from cockpit.services import ServiceConfig
    from cockpit.views import Reached

_KEY = "sources.predictions"


async def log_reached(service: ServiceConfig, settings: Predictions) -> list[Reached]:
    """What there is of the log; nothing where only an import names its rows."""
    if settings.path:
        where, look = inert(settings.path, 200), _files
    elif settings.ibis:
        where, look = shown(settings.ibis), _tables
    else:
        return []

    async def answer() -> Answer:
        return Answer(await aside(look, service, settings))

    return [await reached(_KEY, where, answer())]


def _files(service: ServiceConfig, settings: Predictions) -> str:
    """Raises SourceFailed, and BadInput where a column is missing."""
    told = reach(settings, service.folder)
    mapping = mapping_in(service.config, service.document)
    reference = open_rows(service.folder / settings.reference) if settings.reference else None
    files = LogFiles(str((service.folder / settings.path).absolute())).look()
    newest = [file for file in files if not file.beside][-1]
    with opened(newest) as reader:
        header = reader.header()
        if header is None:
            return f"{told}; {newest.shown} is empty"
        report = ImportReport(service=service.name)
        check_columns(mapping.bound(header), header, reference, report)
    return f"{told}, {len(header.columns)} columns"


def _tables(service: ServiceConfig, settings: Predictions) -> str:
    """Raises Unreachable, and BadInput where a table or a column is missing."""
    mapping = mapping_in(service.config, service.document)
    request = RowRequest(config=service.path, service=service.name)
    with ExitStack() as until_looked_at:
        given = open_given(request, mapping, until_looked_at)
        mapping = mapping.bound(given.predictions)
        check_given(mapping, given, ImportReport(service=service.name))
        return f"table {inert(settings.table, 80)}, {len(given.predictions.columns)} columns"
