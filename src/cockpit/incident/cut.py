"""A smaller incident file from a larger one: some hours of it, as they were known at some time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.incident import chunk_log, journal
from cockpit.incident.connection import shown
from cockpit.incident.counts import select
from cockpit.incident.file import BUCKET, CONTENT, SERVICE, STORED_VIEW, IncidentFile
from cockpit.incident.replay import RECORDING_ID, recording_path
from cockpit.incident.schema import LATEST
from cockpit.incident.telemetry import append, open_chunk
from cockpit.incident.verify import verify
from cockpit.records import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from cockpit.incident.chunk_log import ChunkRow


def cut(
    path: Path | str,
    out: Path | str,
    start: int,
    end: int,
    at: int | None = None,
    before_finish: Callable[[IncidentFile], None] | None = None,
) -> None:
    """Write `out`: what happened in [start, end) and was observed by `at` (µs; None: ever).

    Documents and the reference are kept whole, less the stored view, which may tell of what is cut
    away; chains begin anew, and meta says what it was cut from. `before_finish` may add to the new
    file. Raises BadInput for an empty range, a replay's own file or one that does not verify.
    """
    if end <= start:
        raise BadInput("the range to cut is empty; --from must be before --to")
    report = verify(path)
    if not report.ok:
        raise BadInput(f"{shown(Path(path))}: {report.first_break}; cut a sound file")
    known_by = LATEST if at is None else at
    with IncidentFile.open(path) as source:
        facts = source.facts()
        if RECORDING_ID in facts:
            raise BadInput(
                f"{shown(source.path)} is a replay and holds no telemetry; cut its recording"
                f" {shown(recording_path(source))}"
            )
        facts |= {
            "cut_from": report.content_id,
            "cut_start": str(start),
            "cut_end": str(end),
            "cut_at": "" if at is None else str(at),
        }
        kept = {key: facts[key] for key in facts if key not in (SERVICE, BUCKET, CONTENT)}
        with IncidentFile.create(
            out, service=source.service, bucket=source.bucket, meta=kept
        ) as target:
            for name in source.documents():
                if name != STORED_VIEW:
                    target.put_document(name, source.document(name) or "")
            for row in chunk_log.every(source):
                copy_chunk(source, target, row, start, end, known_by)
            within = (e for e in journal.events(source, known_by) if start <= e.at < end)
            journal.copy(target, within)
            if before_finish is not None:
                before_finish(target)
            target.finish()


def copy_chunk(
    source: IncidentFile, target: IncidentFile, row: ChunkRow, start: int, end: int, at: int
) -> None:
    """Copy the rows of a chunk that happened in [start, end) and were observed by `at` (µs).

    A chunk kept whole, and one of the reference, is copied as it is.
    """
    inside = start <= row.valid_min and row.valid_max < end and row.observed_end <= at
    if inside or row.is_reference:
        chunk_log.add(target, row, chunk_log.data(source, row))
        return
    if row.valid_max < start or row.valid_min >= end or row.observed_start > at:
        return
    counts = open_chunk(source, row).counts()
    valid, observed = counts.columns["valid"], counts.columns["observed"]
    kept = select(counts, (valid >= start) & (valid < end) & (observed <= at))
    append(target, row.name, row.observed_start, min(row.observed_end, at), kept)
