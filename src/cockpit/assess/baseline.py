"""What a figure is compared with: the reference, else the same window before the incident began.

Labels take time, and one class often takes longer. A window of the last hour then lacks the late
class while a reference has all of it, and precision seems to fall though nothing broke. What needs
labels is therefore compared, while they are still coming, with an earlier window read as it was
when it was as young. The price: what worsens slowly has worsened there already, and is found where
the labels are complete, or by the promise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.assess.history import within
from cockpit.assess.inputs import INFRA_SPAN, QUALITY_SPAN
from cockpit.assess.slices import is_word
from cockpit.records import Window
from cockpit.tables import NEGATIVE, POSITIVE, SERVED, TABLES, UNKNOWN
from cockpit.units import clock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cockpit.assess.inputs import Inputs
    from cockpit.assess.onset.changes import Onset
    from cockpit.records import Counts

COMPLETE = 0.95  # label coverage from which a window is compared as it is
_ENOUGH = 100  # labelled rows of a class that bound a rate about as well as the tolerance asks
LABELS_OLDER = (
    "labels older"  # ends the name of a baseline whose labels are older than the window's
)
_PIECES = 6  # in which a short past is read, each at an age of its own


@dataclass(frozen=True)
class Source:
    """Rows to compare with: those of `counts` where `mask` holds (all where it is null)."""

    what: str  # "reference", "before 02:48, labels as old", "reference, labels older"
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
    """The same for what needs labels, which should be as old as those of the window.

    So an equally young window comes first; where it has too few labels, what is left has older
    ones and says so.
    """
    aged = as_young(inputs, table)
    if aged is not None:
        return aged
    found = mature_source(inputs, table, begun)
    if found is None or not is_immature(inputs.now.get("score")):
        return found
    return replace(found, what=f"{found.what}, {LABELS_OLDER}")


def mature_source(inputs: Inputs, table: str, begun: Onset | None) -> Source | None:
    """What to learn from rather than compare with: labels as complete as there are any.

    A reference without labels is passed over.
    """
    found = source(inputs, table, begun)
    if found is None or (found.counts.columns["label"] != UNKNOWN).any():
        return found
    return earlier(inputs, table, begun)


def is_immature(scores: Counts | None) -> bool:
    """Whether labels are known for too few of the rows to be taken for all of them."""
    if scores is None or len(scores) == 0:
        return False
    n = scores.columns["n"]
    known = int(n[scores.columns["label"] != UNKNOWN].sum())
    return 0 < known < COMPLETE * int(n.sum())


def as_young(inputs: Inputs, table: str) -> Source | None:
    """The earlier window as it looked when its labels were as old; null if they are too few.

    Enough of a class is half of what the window itself has, so that the baseline hardly widens the
    difference, or a hundred. Where the window has none of a class, neither need the baseline: both
    lack it for the same reason.
    """
    aged, window = inputs.aged.get(table), inputs.aged_window
    now, then = inputs.now.get("score"), inputs.aged.get("score")
    if aged is None or window is None or now is None or then is None or len(aged) == 0:
        return None
    for label in (NEGATIVE, POSITIVE):
        if _labelled(then, label) < min(_ENOUGH, _labelled(now, label) / 2):
            return None
    return Source(f"before {clock(window.end)}, labels as old", aged, None, window)


def _labelled(scores: Counts, label: int) -> int:
    rows = is_word(scores, "role", SERVED) & (scores.columns["label"] == label)
    return int(scores.columns["n"][rows].sum())


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


def windows_as_young(inputs: Inputs, begun: Onset | None) -> list[tuple[Window, int]]:
    """Windows before the onset to compare the quality window with, and when each was as young.

    Together they are as long as the quality window and end at the onset, or at the quality window
    where there is none. Read at its time (µs), each has been collecting labels for as long as its
    counterpart in the quality window has now. Where the recording holds less, that is read in
    pieces whose ages are spread over those of the quality window; none where it holds nothing.
    """
    now, bucket = inputs.quality_window, inputs.slow_bucket
    end = now.start if begun is None else min(begun.low, now.end)
    end -= end % bucket
    span = now.end - now.start
    first = inputs.history_window.start
    start = max(end - span, first + -first % bucket)
    if end <= start or end >= now.end:
        return []
    if end - start == span:
        return [(Window(start=start, end=end), inputs.as_of_slow - (now.end - end))]
    late = inputs.as_of_slow - now.end
    length = -(-(end - start) // (bucket * _PIECES)) * bucket
    found = []
    for begin in range(start, end, length):
        piece = Window(start=begin, end=min(begin + length, end))
        middle = (piece.start + piece.end) // 2
        read = middle + (end - middle) * span // (end - start) + late + bucket // 2
        found.append((piece, min(read - read % bucket, inputs.as_of_slow)))
    return found
