"""What a figure is compared with: the reference, else the same window before the incident began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.assess.history import within
from cockpit.assess.inputs import INFRA_SPAN, QUALITY_SPAN
from cockpit.assess.slices import is_word
from cockpit.records import Window
from cockpit.tables import SERVED, TABLES, UNKNOWN
from cockpit.units import clock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cockpit.assess.changes import Onset
    from cockpit.assess.inputs import Inputs
    from cockpit.records import Counts

COMPLETE = 0.95  # label coverage from which a window is compared as it is


@dataclass(frozen=True)
class Source:
    """Rows to compare with: those of `counts` where `mask` holds (all where it is null)."""

    what: str  # "reference", "before 02:48"
    counts: Counts
    mask: NDArray[np.bool_] | None
    window: Window | None  # null for the reference, which has no time

    def served(self) -> NDArray[np.bool_]:
        """Its rows of predictions that were acted on."""
        acted = is_word(self.counts, "role", SERVED)
        return acted if self.mask is None else acted & self.mask


def source(inputs: Inputs, table: str, begun: Onset | None) -> Source | None:
    """Where the baseline of a table comes from, null where there is none."""
    reference = inputs.reference.get(table)
    if reference is not None and len(reference):
        return Source("reference", reference, None, None)
    return earlier(inputs, table, begun)


def labelled_source(inputs: Inputs, table: str, begun: Onset | None) -> Source | None:
    """The same for what needs labels: a reference without any is passed over."""
    found = source(inputs, table, begun)
    if found is None or (found.counts.columns["label"] != UNKNOWN).any():
        return found
    return earlier(inputs, table, begun)


def earlier(inputs: Inputs, table: str, begun: Onset | None) -> Source | None:
    """The window before the onset, else before the present window, in the table's history."""
    history, window = inputs.history.get(table), window_before(inputs, table, begun)
    if history is None or len(history) == 0 or window is None:
        return None
    mask = within(history, window)
    if not mask.any():
        return None
    return Source(f"before {clock(window.end)}", history, mask, window)


def window_before(inputs: Inputs, table: str, begun: Onset | None) -> Window | None:
    """The metric's full window, or the present one if longer, up to the onset.

    Shorter where the history is; without an onset, up to the present window.
    """
    fast = TABLES[table].clock == "fast"
    now, full = (inputs.infra_window, INFRA_SPAN) if fast else (inputs.quality_window, QUALITY_SPAN)
    end = now.start if begun is None else min(begun.low, now.end)
    start = max(end - max(now.end - now.start, full), inputs.history_window.start)
    return Window(start=start, end=end) if end > start else None


def window_as_young(inputs: Inputs, begun: Onset | None) -> tuple[Window, int] | None:
    """A window before the onset to compare the quality window with, and when it was as young.

    It lies `shift` µs earlier, a whole number of slow buckets; as it looked `shift` before the
    present, each of its buckets had been collecting labels for as long as its counterpart has now.
    Shorter where the recording begins later; null where there was nothing before.
    """
    now, bucket = inputs.quality_window, inputs.slow_bucket
    end = now.start if begun is None else min(begun.low, now.end)
    end -= end % bucket
    shift = now.end - end
    start = max(now.start - shift, inputs.history_window.start)
    if end <= start or shift <= 0:
        return None
    return Window(start=start, end=end), inputs.as_of_slow - shift
