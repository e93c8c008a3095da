"""Checking and cutting incident files: the commands' door to `incident`."""

from __future__ import annotations

from pathlib import Path

from cockpit.incident import cut as cutting
from cockpit.incident.file import IncidentFile
from cockpit.incident.replay import Replay
from cockpit.incident.verify import Report, verify
from cockpit.records import BadInput, naming
from cockpit.session.session import Session
from cockpit.session.settings import store_view
from cockpit.text import inert
from cockpit.units import iso, parse_instant

__all__ = ["Report", "cut", "leave_first_view", "snapshot", "verify"]


def cut(path: Path, out: Path, start: str, end: str, at: str | None) -> None:
    """Cut [start, end) out of a recording; times by clock or in full. Raises BadInput."""
    with IncidentFile.open(path) as file:
        span = file.span()
    first, last = _time(start, span.end, "--from"), _time(end, span.end, "--to")
    known_by = None if at is None else _time(at, span.end, "--at")
    if first < last and span.start < span.end and (last <= span.start or first >= span.end):
        raise BadInput(
            f"{inert(path)} holds nothing from {iso(first)} to {iso(last)}; it reaches from"
            f" {iso(span.start)} to {iso(span.end)}"
        )
    cutting.cut(path, out, first, last, known_by, before_finish=leave_first_view)


def snapshot(path: Path, out: Path) -> None:
    """A finished copy of a live file that is safe to send. Raises BadInput."""
    with IncidentFile.open(path) as file:
        file.snapshot(out)


def _time(text: str, near: int, option: str) -> int:
    with naming(option):
        return parse_instant(text, near=near)


def leave_first_view(file: IncidentFile) -> None:
    """Keep the view at which a replay opens in a new file: it is painted before numpy is loaded."""
    session = Session(Replay(file, None, ""))
    store_view(file, session.view(session.opens_at))
