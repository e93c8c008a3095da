"""Of a log, the rows that happened in a window of time, for who counts row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from cockpit.observe.report import count
from cockpit.observe.rows import RowFile
from cockpit.observe.values import in_era, times
from cockpit.records import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Progress
    from cockpit.records import Window

OUTSIDE = "not of the time that is recorded"


@dataclass(kw_only=True)
class RowsWithin(RowFile):
    """The rows of files whose time (in column `time`) lies in `window`; others are left out."""

    time: str
    window: Window

    def pieces(
        self,
        columns: Sequence[str],
        rows: int,
        *,
        strict: bool = False,
        stage: str = "",
        progress: Progress | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """As those of all rows; never `strict`, for what is left out would be missed in the order.

        Raises BadInput where it is.
        """
        if strict:
            raise BadInput(
                f"{self.name}: of its rows only some are recorded, so labels cannot be matched by "
                "their order; name the column of ids (id)"
            )
        wanted = list(dict.fromkeys(columns))
        for piece in super().pieces([*wanted, self.time], rows, stage=stage, progress=progress):
            at = in_era(times(piece[self.time]))
            inside = (at >= self.window.start) & (at < self.window.end)
            count(self.left_out, OUTSIDE, int((~inside).sum()))
            yield piece.filter(pa.array(inside)).select(wanted)


def rows_within(rows: RowFile, mapping: Mapping, window: Window) -> RowsWithin:
    """The rows of a log that happened in a window. Raises BadInput where no column has times."""
    if mapping.time is None:
        raise BadInput(f"{mapping.place('time')}: time: name a column, to record a part of the log")
    return RowsWithin(rows.name, rows.columns, rows.paths, time=mapping.time, window=window)
