"""Numbers and moves as they are said: '.812', '418 ms', '3.1 %', 'fell from .893 to .812'."""

from __future__ import annotations


def number(value: float, unit: str) -> str:
    """A value in its unit, with as many digits as a person reads."""
    if unit == "share":
        percent = 100.0 * value
        return f"{percent:.1f} %" if abs(percent) >= 10 else f"{percent:.2g} %"
    if unit == "":
        text = f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
        return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text}{unit}" if unit == "×" else f"{text} {unit}"


def move(before: float, now: float, unit: str) -> str:
    """'fell from .893 to .812', 'rose from 180 ms to 418 ms', 'steady at .893'."""
    was, became = number(before, unit), number(now, unit)
    if was == became:
        return f"steady at {became}"
    return f"{'rose' if now > before else 'fell'} from {was} to {became}"
