"""Numbers as they are printed: value, interval and unit of an estimate, its verdict and its age."""

from __future__ import annotations

from cockpit.records import Estimate
from cockpit.ui.lines import Line
from cockpit.units import duration

NAMES = {
    "auc": "AUC",
    "average_precision": "avg precision",
    "f1": "F1",
    "ece": "ECE",
    "brier": "Brier",
    "observed_expected": "obs ÷ exp",
    "latency_p50": "p50",
    "latency_p95": "p95",
    "latency_p99": "p99",
    "error_rate": "errors",
    "requests": "requests",
    "label_coverage": "labelled",
    "psi": "PSI",
    "kl": "KL",
}

VERDICT_ROLES = {
    "": "dim",
    "fine": "good",
    "not enough data": "dim",
    "watch": "watch",
    "degraded": "bad",
    "critical": "critical",
}
VERDICT_ORDER = ("critical", "degraded", "watch", "not enough data", "fine", "")

_SHARES = {"share", "%", "ratio of requests"}


def name_of(estimate: Estimate) -> str:
    """The metric's name as people say it."""
    return NAMES.get(estimate.name, estimate.name.replace("_", " "))


def number(value: float, unit: str = "", sign: bool = False) -> str:
    """'.812', '418 ms', '31 %', '1,204': no more digits than can be read."""
    prefix = "−" if value < 0 else "+" if sign else ""
    size = abs(value)
    if unit in _SHARES:
        size *= 100 if unit != "%" else 1
        return f"{prefix}{_digits(size)} %"
    if unit == "" and size < 1:
        return f"{prefix}{size:.3f}".replace("0.", ".", 1)
    text = _digits(size)
    return f"{prefix}{text} {unit}".rstrip()


def _digits(size: float) -> str:
    if size >= 100 or size == int(size):
        return f"{size:,.0f}"
    if size >= 10:
        return f"{size:.0f}"
    if size >= 1:
        return f"{size:.1f}"
    return f"{size:.2g}".replace("0.", ".", 1) if size >= 0.001 else "<.001"


def interval(estimate: Estimate) -> str:
    """'±.031' where it is symmetric, '[.790,.833]' where not, '' where there is none."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None:
        return ""
    up, down = high - value, value - low
    if abs(up - down) <= 0.1 * max(abs(up), abs(down), 1e-12):
        return "±" + _bare((up + down) / 2, estimate.unit)
    return f"[{_bare(low, estimate.unit)},{_bare(high, estimate.unit)}]"


def _bare(value: float, unit: str) -> str:
    return number(value, unit).removesuffix(unit).removesuffix("%").rstrip()


def value_text(estimate: Estimate) -> str:
    """Value with its interval and unit, or in a few words why there is no value."""
    if estimate.value is None:
        return estimate.reason or "not measured"
    return f"{number(estimate.value, estimate.unit)} {interval(estimate)}".rstrip()


def was(estimate: Estimate) -> str:
    """'worse by .081, reference .893': the baseline in words, or ''."""
    baseline = estimate.baseline
    if baseline is None or baseline.value is None:
        return ""
    text = f"{baseline.what} {number(baseline.value, estimate.unit)}"
    return f"{judged}, {text}" if (judged := judgement(estimate)) else text


def judgement(estimate: Estimate) -> str:
    """'worse by .081' or 'better by .02'; '' where nothing can be said."""
    difference = estimate.difference
    if difference is None or difference.value == 0:
        return ""
    signs = {"higher_is_better": 1, "lower_is_better": -1}
    sign = signs.get(estimate.direction)
    size = number(abs(difference.value), estimate.unit)
    if sign is None:
        return f"{'up' if difference.value > 0 else 'down'} by {size}"
    return f"{'better' if difference.value * sign > 0 else 'worse'} by {size}"


def sample(estimate: Estimate) -> str:
    """'n 1,204' with the positives where they are counted."""
    if not estimate.n:
        return ""
    positives = f", {estimate.n_pos:,} positive" if estimate.n_pos is not None else ""
    return f"n {estimate.n:,}{positives}"


def verdict(estimate: Estimate) -> Line:
    """The verdict's word in its role; "not enough" stands for "not enough data"."""
    return ((estimate.verdict.removesuffix(" data"), VERDICT_ROLES[estimate.verdict]),)


def worst_first(estimates: list[Estimate]) -> list[Estimate]:
    """By verdict, the worst first; otherwise in the order given."""
    return sorted(estimates, key=lambda estimate: VERDICT_ORDER.index(estimate.verdict))


def stale(estimate: Estimate, at: int, after: int) -> str:
    """'stale 40 s' where the facts behind a number end more than `after` µs before `at`."""
    age = at - estimate.as_of
    return f"stale {duration(age)}" if age > after else ""
