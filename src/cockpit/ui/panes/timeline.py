"""Pane 6: everything that happened, was seen and was decided, in order; also the journal."""

from __future__ import annotations

from cockpit.ui.lines import Line, pad
from cockpit.ui.rows import Row, words
from cockpit.units import clock
from cockpit.views import TimelineEntry, View

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


def entry_line(entry: TimelineEntry) -> Line:
    """Time, kind, who and text; an entry that was undone says so."""
    late = entry.observed_at - entry.at >= 60_000_000
    known = f" (known {clock(entry.observed_at)})" if late else ""
    role = "dim" if entry.undone else "text"
    return (
        (f"{clock(entry.at, seconds=True)} ", "dim"),
        (pad(entry.kind.replace("_", " "), 11) + " ", _ROLES.get(entry.kind, "title")),
        ("undone: " if entry.undone else "", "watch"),
        (entry.text or "–", role),
        (known, "watch"),
        (f"  {entry.who}" if entry.who else "", "dim"),
    )


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
    return [Row(entry_line(entry), f"event:{entry.id}") for entry in reversed(entries)]
