"""Recorded events, JSON lines or CSV: what was deployed, alerted, paged and reported, and when.

An import reads a whole file of them; a live feed reads line by line, by the same rules.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import msgspec

from cockpit.config import EventKind
from cockpit.observe.report import count
from cockpit.observe.values import ERA_END, ERA_START, instant
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cockpit.observe.report import ImportReport

KINDS: tuple[str, ...] = get_args(EventKind)
# what a running system alone tells of
ENDED = "resolved"  # the end of an alert
SILENCE = "silence"  # the beginning or the end of a silence of one
_REQUIRED = ("time", "kind")
_DETAILS = ("version", "segment", "user")
_FIELDS = (*_REQUIRED, "text", *_DETAILS, "observed_at")
_LARGEST_FILE = 64 << 20
_LONGEST_TEXT = 10_000


class RecordedEvent(NamedTuple):
    """One event: when it happened and when it could be known (µs), and its words as they were."""

    at: int
    observed_at: int
    kind: str
    text: str
    data: dict[str, str]


def read_events(path: Path, report: ImportReport) -> list[RecordedEvent]:
    """The events of a file in the order they could be known. Raises BadInput naming the line.

    The journal numbers them in this order: what is not known yet leaves no gap in the numbers.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise BadInput(f"{inert(path.name)}: too large for a file of events")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{inert(path)}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{inert(path.name)}: not text in UTF-8; save it as UTF-8") from None
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_rows(path, text)
    events = [
        _known(event_of(fields, f"{inert(path.name)}:{line}"), report) for line, fields in rows
    ]
    report.events = len(events)
    return in_order(events)


def in_order(events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    """Events in the order they could be known."""
    return sorted(
        events, key=lambda e: (e.observed_at, e.at, e.kind, e.text, sorted(e.data.items()))
    )


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        yield number, fields_of(line, f"{inert(path.name)}:{number}")


def fields_of(line: str | bytes, place: str) -> dict[str, Any]:
    """The fields of one JSON line. Raises BadInput that begins with its place."""
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            f"{place}: not a JSON object ({inert(error)}); "
            'write {"time": …, "kind": …, "text": …} on each line'
        ) from None


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for fields in reader:
            if None in fields:
                raise BadInput(f"{inert(path.name)}:{reader.line_num}: more fields than columns")
            yield reader.line_num, fields
    except csv.Error as error:
        raise BadInput(f"{inert(path.name)}:{reader.line_num}: {inert(error)}") from None


def event_of(fields: Mapping[str, Any], place: str) -> RecordedEvent:
    """The event that fields tell of. Raises BadInput that begins with its place."""
    given = {k: _word(v, k, place) for k, v in fields.items() if v is not None and v != ""}
    for name in fields:
        if name not in _FIELDS:
            mend = nearest(name, _FIELDS) or "known are: " + ", ".join(_FIELDS)
            raise BadInput(f"{place}: {inert(name)}: unknown field; {mend}")
    for name in _REQUIRED:
        if name not in given:
            raise BadInput(f"{place}: {name}: missing")
    kind = given["kind"]
    if kind not in KINDS:
        mend = nearest(kind, KINDS) or "known are: " + ", ".join(KINDS)
        raise BadInput(f"{place}: kind: '{inert(kind)}' is unknown; {mend}")
    at = _time(given["time"], "time", place)
    observed_at = _time(given.get("observed_at", given["time"]), "observed_at", place)
    data = {name: given[name] for name in _DETAILS if name in given}
    text = given.get("text", "")[:_LONGEST_TEXT]
    return RecordedEvent(at, observed_at, kind, text, data)


def _known(event: RecordedEvent, report: ImportReport) -> RecordedEvent:
    """The event, not known before it happened."""
    if event.observed_at < event.at:
        count(report.incomplete, "event observed before it happened, counted as known with it", 1)
    return event._replace(observed_at=max(event.at, event.observed_at))


def _word(value: Any, field: str, place: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadInput(f"{place}: {inert(field)}: not text")
    # a lone surrogate is no text that could be written
    return str(value).encode("utf-8", "replace").decode()


def _time(text: str, field: str, place: str) -> int:
    at = instant(text)
    if not ERA_START <= at < ERA_END:
        raise BadInput(
            f"{place}: {field}: '{inert(text)}' is not a time; write one like 2026-11-03T02:51:10Z"
        )
    return at
