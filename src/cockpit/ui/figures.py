"""Numbers as they are printed: value, interval and unit of an estimate, its verdict and its age."""

from __future__ import annotations

from cockpit.numbers import minutes
from cockpit.records import Estimate
from cockpit.ui.lines import Line
from cockpit.units import duration

NAMES = {
    "auc": "AUC",
    "average_precision": "avg prec.",
    "f1": "F1",
    "ece": "ECE",
    "brier": "Brier",
    "observed_expected": "obs ÷ exp",
    "calibration_slope": "cal. slope",
    "calibration_intercept": "cal. level",
    "latency_p50": "p50",
    "latency_p95": "p95",
    "latency_p99": "p99",
    "error_rate": "errors",
    "label_coverage": "labelled",
    "false_positive_share": "false pos.",
    "false_negative_share": "false neg.",
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
    if estimate.name == "burn_rate":
        return f"{estimate.id.partition('@')[2]} burn"
    return NAMES.get(estimate.name, estimate.name.replace("_", " "))


def number(value: float, unit: str = "", sign: bool = False) -> str:
    """'.812', '1.31', '418 ms', '31 %', '1,204': no more digits than can be read."""
    prefix = "−" if value < 0 else "+" if sign else ""
    text = _digits(abs(value), unit)
    return f"{prefix}{text} {_shown(unit)}".rstrip()


def _shown(unit: str) -> str:
    return "%" if unit in _SHARES else unit


def _digits(size: float, unit: str, like: float | None = None) -> str:
    """`size` without its sign and unit, with as many decimals as suit `like` (default: itself)."""
    scale = 100.0 if unit in _SHARES and unit != "%" else 1.0
    size, like = size * scale, (size if like is None else like) * scale
    if unit == "" and like == int(like):
        decimals = 0
    elif unit == "":
        decimals = 3 if like < 1 else 2 if like < 10 else 1 if like < 100 else 0
    elif like == int(like):
        decimals = 0
    else:
        decimals = 2 if round(like, 2) < 1 else 1 if round(like, 1) < 10 else 0
    if 0 < size < 0.5 * 10**-decimals:
        return f"<{10**-decimals:.{decimals}f}".replace("0.", ".", 1)
    text = f"{size:,.{decimals}f}"
    return text[1:] if text.startswith("0.") else text


def minutes_text(value: float) -> str:
    """'40 s', '9.3 min', '153 min': no more digits than can be read."""
    return minutes(value if value < 1 else round(value, 1 if value < 10 else None))


def interval(estimate: Estimate) -> str:
    """'±.031' where it is symmetric, '[.790,.833]' where not, '' where there is none."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is not None and low is not None and high is None:
        return f"≥{_digits(abs(low), estimate.unit, abs(value))}"  # the sample bounds no higher
    if value is None or low is None or high is None:
        return ""
    up, down, like = high - value, value - low, abs(value)
    if abs(up - down) <= 0.1 * max(abs(up), abs(down), 1e-12):
        half = (up + down) / 2
        told = _digits(half, estimate.unit, like)
        return "±" + (_digits(half, estimate.unit) if told.startswith("<") else told)
    bounds = ["−" * (bound < 0) + _digits(abs(bound), estimate.unit, like) for bound in (low, high)]
    between = ", " if any("," in bound for bound in bounds) else ","  # [500, 1,000]
    return f"[{between.join(bounds)}]"


def value_text(estimate: Estimate) -> str:
    """Value with its interval and unit, or in a few words why there is no value."""
    if estimate.value is None:
        return estimate.reason or "not measured"
    unit = "" if estimate.unit == estimate.name else estimate.unit
    value, bounds = number(estimate.value, unit), interval(estimate)
    return f"{value} {bounds}".rstrip()


def value_alone(estimate: Estimate) -> str:
    """'418 ms […]': where the interval has no room, that there is one; half a number misleads."""
    if estimate.value is None or not interval(estimate):
        return value_text(estimate)
    return value_text(estimate).removesuffix(interval(estimate)) + "[…]"


def item_of(estimate: Estimate) -> str:
    """The cursor's name for an estimate; ids of one metric in two segments may be alike."""
    return f"metric:{estimate.id}|{estimate.segment or ''}"


def was(estimate: Estimate, short: bool = False) -> str:
    """'worse by .081, reference .893': the baseline in words, or ''; 'was .893' where `short`."""
    baseline = estimate.baseline
    if baseline is None or baseline.value is None:
        return ""
    text = f"{'was' if short else baseline.what} {number(baseline.value, estimate.unit)}"
    return f"{judged}, {text}" if (judged := judgement(estimate)) else text


def judgement(estimate: Estimate) -> str:
    """'worse by .081' or 'better by .02'; '' where nothing can be said."""
    difference = estimate.difference
    if difference is None or difference.value == 0:
        return ""
    signs = {"higher_is_better": 1, "lower_is_better": -1}
    sign = signs.get(estimate.direction)
    size = number(abs(difference.value), estimate.unit)
    if estimate.unit in _SHARES:
        size = size.removesuffix(" %") + " points"
    if sign is None:
        return f"{'up' if difference.value > 0 else 'down'} by {size}"
    return f"{'better' if difference.value * sign > 0 else 'worse'} by {size}"


def sample(estimate: Estimate) -> str:
    """'n 1,204': the rows behind a number."""
    return f"n {estimate.n:,}" if estimate.n else ""


def verdict(estimate: Estimate) -> Line:
    """The verdict's word in its role; "not enough" stands for "not enough data".

    Without a value the reason stands where the value would, and says more than a verdict.
    """
    if estimate.value is None:
        return ()
    return ((estimate.verdict.removesuffix(" data"), VERDICT_ROLES[estimate.verdict]),)


def by_reason(estimates: list[Estimate]) -> list[tuple[str, list[Estimate]]]:
    """The estimates without a value, in groups that share the reason."""
    groups: dict[str, list[Estimate]] = {}
    for estimate in estimates:
        if estimate.value is None:
            groups.setdefault(estimate.reason or "not measured", []).append(estimate)
    return list(groups.items())


def worst_first(estimates: list[Estimate]) -> list[Estimate]:
    """By verdict, the worst first; otherwise in the order given."""
    return sorted(estimates, key=lambda estimate: VERDICT_ORDER.index(estimate.verdict))


def stale(estimate: Estimate, at: int, after: int) -> str:
    """'stale 40 s' where the facts behind a number end more than `after` µs before `at`."""
    age = at - estimate.as_of
    return f"stale {duration(age)}" if age > after else ""
