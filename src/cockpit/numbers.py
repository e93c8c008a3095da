"""Numbers as the screen prints them: few digits, a unit on everything, intervals beside them."""

from __future__ import annotations

from cockpit.records import MINUTE, Estimate
from cockpit.units import duration

MINUS = "−"


def proportion(value: float, digits: int = 3) -> str:
    """A share as a decimal without its leading zero: '.812', '1.000', '−.040'."""
    text = f"{abs(value):.{digits}f}"
    sign = MINUS if value < 0 and float(text) > 0 else ""
    return sign + text.removeprefix("0")


def change(value: float, half_width: float | None = None) -> str:
    """A signed difference of proportions: '+.077 ±.020', '±0' where it rounds to nothing."""
    if max(abs(value), half_width or 0.0) < 0.0005:
        return "±0"
    sign = MINUS if value < 0 else "+"
    text = sign + proportion(abs(value))
    return text if half_width is None else f"{text} ±{proportion(half_width)}"


def count(value: float) -> str:
    """'1,240', '−458'."""
    return f"{round(value):,}".replace("-", MINUS)


def more(value: float, unit: str) -> str:
    """A difference as people say it: '1,240 more wrong decisions', '458 fewer wrong decisions'."""
    return f"{round(abs(value)):,} {'fewer' if round(value) < 0 else 'more'} {unit}"


def with_interval(value: float, low: float | None, high: float | None) -> str:
    """A count with its interval: '1,240 [980, 1,530]'; an end that is not known is '…'."""
    if low is None and high is None:
        return count(value)
    ends = ("…" if end is None else count(end) for end in (low, high))
    return f"{count(value)} [{', '.join(ends)}]"


def share(value: float) -> str:
    """'8 %', '1.3 %', '0.31 %', '<0.01 %', '−4 %': more digits the smaller it is."""
    if value <= -0.00005:
        return MINUS + share(-value)
    percent = max(value, 0.0) * 100
    if percent == 0 or percent >= 1.95:
        return f"{percent:.0f} %"
    if percent >= 0.995:
        return f"{percent:.1f}".removesuffix(".0") + " %"
    return f"{percent:.2f} %" if percent >= 0.01 else "<0.01 %"


def probability(value: float) -> str:
    """'96 %'; never quite none or all: '<1 %', '>99 %'."""
    if value < 0.01:
        return "<1 %"
    return ">99 %" if value > 0.99 else f"{value * 100:.0f} %"


def milliseconds(value: float) -> str:
    """'418 ms', '4.2 ms'."""
    return f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"


def minutes(value: float) -> str:
    """'4 min', '30 s'."""
    return f"{round(value * 60)} s" if value < 1 else f"{value:g} min"


def long_minutes(value: float | None) -> str:
    """A length given in minutes: '25 min', '1 h 48 min', '3 d'; '–' where it is not known."""
    return "–" if value is None else duration(round(value * MINUTE))


def one_in(rate: float) -> str:
    """A rate as people say it: '1 in 12'; above one half, '54 in 100'."""
    return f"1 in {round(1 / rate):,}" if rate <= 0.5 else f"{round(100 * rate)} in 100"


def times(ratio: float) -> str:
    """A likelihood ratio as a factor: '×8', '÷5', '·' where it says nothing."""
    size = max(ratio, 1 / ratio)
    text = f"{size:.1f}".removesuffix(".0") if size < 9.95 else f"{size:.0f}"
    return "·" if text == "1" else f"{'×' if ratio > 1 else '÷'}{text}"


def estimate_text(estimate: Estimate) -> str:
    """Value, interval and unit of an estimate, or why there is none."""
    if estimate.value is None:
        return estimate.reason or "not measured"
    if estimate.unit == "share":
        return _percents(estimate)
    return f"{_ends(estimate)} {estimate.unit}".rstrip()


def _ends(estimate: Estimate) -> str:
    numbers = [estimate.value, estimate.low, estimate.high]
    small = all(abs(number) <= 10 for number in numbers if number is not None)
    value, low, high = (
        "…" if n is None else proportion(n) if small else _plain(n) for n in numbers
    )
    return f"{value}{_bounds(low, high)}"


def _plain(value: float) -> str:
    """'13,880', '71.7', '−4.2': four digits, and never a power of ten."""
    digits = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return digits.replace("-", MINUS)


def _bounds(low: str, high: str) -> str:
    """' [low, high]'; ' ≥ low' where the sample bounds it no higher; '' without an interval."""
    if high == "…":
        return "" if low == "…" else f" ≥ {low}"
    return f" [{low}, {high}]"


def _percents(estimate: Estimate) -> str:
    value, low, high = (
        "…" if n is None else f"{100 * n:.3g}".replace("-", MINUS)
        for n in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} %{_bounds(low, high)}"
