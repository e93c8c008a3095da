"""Rows of a growing log that cannot be read as they should, told in words that stay the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.observe.live.logs.tail import place

if TYPE_CHECKING:
    from cockpit.observe.live.logs.tail import Piece
    from cockpit.observe.report import ImportReport

_MOST_TOLD = 5


class BadRows:
    """What is wrong with rows, by reason, from its first row to a time in which there is none."""

    def __init__(self) -> None:
        self._where: dict[str, str] = {}
        self._told: dict[str, str] = {}

    def look(self, report: ImportReport, piece: Piece) -> None:
        """Note where each reason was met first; `report` has it since it was forgotten last."""
        for reason in _bad(report):
            if reason not in self._where:
                self._where[reason] = f"the first in {piece.file.shown}, {place(piece)}"

    def failing(self, report: ImportReport, *, closing: bool) -> dict[str, str]:
        """By reason how many rows; a reason is dropped when it was not met in a whole period."""
        bad = _bad(report)
        for reason, n in bad.items():
            if reason not in self._told:
                where = self._where[reason]
                self._told[reason] = f"{n:,} of {report.rows:,} rows ({where})"
        if closing:
            self._told = {reason: told for reason, told in self._told.items() if reason in bad}
            self._where = {reason: where for reason, where in self._where.items() if reason in bad}
        return dict(list(self._told.items())[:_MOST_TOLD])


def _bad(report: ImportReport) -> dict[str, int]:
    """Rows that are not as they should be; what they merely lack is no fault."""
    lacking = {reason for reason in report.incomplete if reason.startswith("no ")}
    found = report.dropped | report.incomplete
    return {reason: n for reason, n in found.items() if reason not in lacking}
