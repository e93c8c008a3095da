"""Numbers and times as a reader says them: shares, counts, natural frequencies, both clocks."""

from __future__ import annotations

from cockpit import units
from cockpit.records import Window


def percent(share: float) -> str:
    """'8 %', '0.31 %'; what rounds to all or none of it says so: 'over 99 %', 'under 0.01 %'."""
    value = share * 100.0
    if value in (0.0, 100.0):
        return f"{value:.0f} %"
    if value >= 99.5:
        return "over 99 %"
    if value >= 10.0:
        return f"{value:.0f} %"
    if value >= 1.0:
        return f"{value:.1f}".removesuffix(".0") + " %"
    return f"{value:.2f} %" if value >= 0.01 else "under 0.01 %"


def count(n: float) -> str:
    """'1,240'."""
    return f"{n:,.0f}"


def base_for(*shares: float) -> int:
    """The base, 100 to 10,000, at which each of these shares counts at least about five."""
    least = min((s for s in shares if s > 0.0), default=1.0)
    return next((base for base in (100, 1_000) if least * base >= 4.5), 10_000)


def frequency(share: float, base: int) -> str:
    """A share as a natural frequency, '19 of 100' (Gigerenzer & Hoffrage 1995)."""
    return f"{count(share * base)} of {count(base)}"


def one_in(k: float) -> str:
    """'1 in 12'; where that says too little: '2 in 3', '9 in 10'."""
    if k < 1.75:
        return "9 in 10" if k < 1.25 else "2 in 3"
    return f"1 in {count(k)}"


def number(value: float) -> str:
    """Three or four digits that matter: '1,240', '418', '24.5', '6.10', '0.812', '0.0031'."""
    size = abs(value)
    if size >= 100.0:
        return f"{value:,.0f}"
    if size >= 10.0:
        return f"{value:.1f}"
    if size >= 1.0:
        return f"{value:.2f}"
    return f"{value:.3f}" if size >= 0.01 or size == 0.0 else f"{value:.2g}"


def signed(value: float) -> str:
    """Like `number`, with its sign: '+0.077', '−8.10'."""
    return ("−" if value < 0 else "+") + number(abs(value))


def interval(low: float | None, high: float | None) -> str:
    """'0.790 to 0.833', or 'none' where either end is missing."""
    return "none" if low is None or high is None else f"{number(low)} to {number(high)}"


def clocks(at: int, zone: str) -> str:
    """'02:51 UTC (03:51 CET)': one instant on both clocks, once where they are the same."""
    utc, local = f"{units.clock(at)} UTC", units.local_clock(at, zone)
    return utc if local == utc else f"{utc} ({local})"


def span(window: Window) -> str:
    """'01:51–02:51 UTC'; a window of several days names both."""
    start, end = units.clock(window.start), units.clock(window.end)
    if units.day(window.start) == units.day(window.end):
        return f"{start}–{end} UTC"
    return f"{units.day(window.start)} {start} – {units.day(window.end)} {end} UTC"


def shortened(text: str, words: int) -> str:
    """The first `words` words of a text, with '…' where more were cut."""
    parts = text.split()
    return " ".join(parts[:words]) + "…" if len(parts) > words else " ".join(parts)


def sentence(text: str) -> str:
    """A text with a capital and a full stop; empty stays empty."""
    stripped = text.strip()
    if not stripped:
        return ""
    closed = stripped if stripped[-1] in ".!?…" else stripped + "."
    return closed[0].upper() + closed[1:]
