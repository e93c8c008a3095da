"""Numbers, moves and lists as sentences say them: '.812', 'fell from .893 to .812', 'a and b'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit import numbers

if TYPE_CHECKING:
    from collections.abc import Sequence


def number(value: float, unit: str) -> str:
    """A value in its unit (those of `metrics.METRICS`), with as many digits as a person reads."""
    if unit == "share":
        return _percent(value)
    if unit == "ms":
        return numbers.milliseconds(value)
    if unit == "×":
        return f"{value:.2f}×"
    if unit == "" and abs(value) < 10:
        return numbers.proportion(value)
    text = numbers.count(value) if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".rstrip()


def _percent(value: float) -> str:
    """'0.31 %', '2.5 %', '31 %': two digits, for a sentence tells from 2.5 what 3.4 became."""
    percent = round(100 * value, 1)
    return f"{percent:g} %" if 1 <= percent < 10 else numbers.share(value)


def amount(value: float, unit: str) -> str:
    """How far apart two values are: '1.2 points' of a share, else as `number` says it."""
    if unit != "share":
        return number(value, unit)
    points = float(f"{100 * value:.2g}")
    return f"{points:g} point{'' if points == 1 else 's'}"


def against_prediction(ratio: float, positive: str) -> str:
    """Seen over predicted: '31 % more fraud than predicted', 'as much fraud as predicted'."""
    percent = round(abs(ratio - 1.0) * 100)
    if percent == 0:
        return f"as much {positive} as predicted"
    return f"{percent:,} % {'more' if ratio > 1.0 else 'less'} {positive} than predicted"


def move(before: float, now: float, unit: str) -> str:
    """'fell from .893 to .812', 'rose from 180 ms to 418 ms', 'steady at .893'."""
    was, became = number(before, unit), number(now, unit)
    if was == became:
        return f"steady at {became}"
    return f"{'rose' if now > before else 'fell'} from {was} to {became}"


def listed(words: Sequence[str]) -> str:
    """'a, b and c'."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
