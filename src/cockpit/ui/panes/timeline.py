"""Pane 6: everything that happened, was seen and was decided, in order; also the journal."""

from __future__ import annotations

from cockpit.ui.lines import Line, pad, sentence
from cockpit.ui.rows import Row, words
from cockpit.units import clock
from cockpit.views import TimelineEntry, View

_BESIDE = 21  # cells of time and kind
_ROLES = {
    "alert": "bad",
    "page": "accent",
    "safety": "critical",
    "choose": "accent",
    "execute": "accent",
}


def title(view: View) -> str:
    """'Timeline ── 41 entries'."""
    count = len(view.timeline)
    return f"Timeline ── {count} {'entry' if count == 1 else 'entries'}"


def entry_rows(entry: TimelineEntry, cells: int) -> list[Row]:
    """Time, kind, text and who; an entry that was undone says so. At most three lines."""
    late = entry.observed_at - entry.at >= 60_000_000
    known = f" (known {clock(entry.observed_at)})" if late else ""
    said = f"{'undone: ' if entry.undone else ''}{entry.text or '–'}"
    pieces = sentence(said, cells - _BESIDE, 3, "dim" if entry.undone else "text")
    kind = (
        (f"{clock(entry.at, seconds=True)} ", "dim"),
        (pad(entry.kind.replace("_", " "), 11) + " ", _ROLES.get(entry.kind, "title")),
    )
    lines: list[Line] = [(*kind, *pieces[0])]
    lines += [((" " * _BESIDE, "text"), *piece) for piece in pieces[1:]]
    lines[-1] += ((known, "watch"), (f"  {entry.who}" if entry.who else "", "dim"))
    return [Row(line, f"event:{entry.id}") for line in lines]


def matches(entry: TimelineEntry, wanted: str) -> bool:
    """Whether every word of the filter is in the entry's kind, text or author."""
    hay = f"{entry.kind} {entry.text} {entry.who}".casefold()
    return all(word in hay for word in wanted.casefold().split())


def full(view: View, cells: int, wanted: str = "") -> list[Row]:
    """Newest first; `wanted` keeps the entries that hold each of its words."""
    if not view.timeline:
        return words("Nothing has been recorded before this moment.", cells)
    entries = [entry for entry in view.timeline if matches(entry, wanted)]
    if not entries:
        return words(f"No entry holds “{wanted}”; esc shows all {len(view.timeline)} again.", cells)
    return [row for entry in reversed(entries) for row in entry_rows(entry, cells)]
