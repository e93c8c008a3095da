"""Numbers and times as a reader says them: shares, counts, natural frequencies, both clocks."""

from __future__ import annotations

from cockpit import numbers, units
from cockpit.records import Window


def base_for(*shares: float) -> int:
    """The base, 100 to 10,000, at which each of these shares counts at least about five."""
    least = min((s for s in shares if s > 0.0), default=1.0)
    return next((base for base in (100, 1_000) if least * base >= 4.5), 10_000)


def frequency(share: float, base: int) -> str:
    """A share as a natural frequency, '19 of 100' (Gigerenzer & Hoffrage 1995)."""
    return f"{numbers.count(share * base)} of {numbers.count(base)}"


def one_in(k: float) -> str:
    """'1 in 12', as `numbers` says it of a rate."""
    return numbers.one_in(1.0 / k)


def wrong_decisions(k: float, where: str) -> str:
    """'about 1 in 12 decisions in region BR is wrong', 'about 54 in 100 decisions are wrong'."""
    decisions = f"decisions {where}".rstrip()
    return f"about {one_in(k)} {decisions} {'is' if k >= 2.0 else 'are'} wrong"


def quantity(value: float, unit: str = "") -> str:
    """As many digits as matter, and the unit: '0.812', '418 ms', '6.10×', '8 %' of a share."""
    if unit == "share":
        return numbers.share(value)
    size = abs(value)
    if size >= 100.0:
        digits = f"{size:,.0f}"
    elif size >= 1.0:
        digits = f"{size:.1f}" if size >= 10.0 else f"{size:.2f}"
    else:
        digits = f"{size:.3f}" if size >= 0.01 or size == 0.0 else f"{size:.2g}"
    sign = numbers.MINUS if value < 0.0 else ""
    return f"{sign}{digits}{unit}" if unit == "×" else f"{sign}{digits} {unit}".rstrip()


def interval(low: float | None, high: float | None, unit: str = "") -> str:
    """'0.790 to 0.833', 'at most 0.833', or 'none' where neither end is known."""
    if low is None and high is None:
        return "none"
    if low is None or high is None:
        end = low if low is not None else high
        return f"at {'most' if low is None else 'least'} {quantity(end or 0.0, unit)}"
    return f"{quantity(low, unit)} to {quantity(high, unit)}"


def clocks(at: int, zone: str, now: int | None = None) -> str:
    """'02:51 UTC (03:51 CET)': one instant on both clocks, once where they are the same.

    Its day stands before it where it is far from `now`.
    """
    utc, local = f"{units.clock(at)} UTC", units.local_clock(at, zone)
    both = utc if local == utc else f"{utc} ({local})"
    far = now is not None and units.clock_near(at, now) != units.clock(at)
    return f"{units.day(at)} {both}" if far else both


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


_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 48


def sparkline(points: list[float | None]) -> str:
    """The course of a series in one line of bars, '·' where nothing was measured.

    A long series is drawn by the greatest of each group of points, so that no peak is lost.
    """
    group = -(-len(points) // _MOST_BARS) or 1
    chunks = [points[i : i + group] for i in range(0, len(points), group)]
    tops = [max((p for p in chunk if p is not None), default=None) for chunk in chunks]
    measured = [t for t in tops if t is not None]
    if not measured:
        return ""
    low, height = min(measured), max(measured) - min(measured)
    highest = len(_BARS) - 1
    return "".join(
        "·" if t is None else _BARS[round((t - low) / height * highest) if height > 0.0 else 0]
        for t in tops
    )
