"""What a metric means for the people who are served: the effect in words, without its name."""

from __future__ import annotations

from cockpit import numbers
from cockpit.brief import wording
from cockpit.config import Config
from cockpit.records import Estimate

# What "worse" means for people, by metric; {positive} is the team's word for one positive.
_WORSE = {
    "wrong_rate": "more decisions are wrong",
    "precision": "more of what is flagged as {positive} is wrong",
    "recall": "more {positive} is missed",
    "accuracy": "more decisions are wrong",
    "f1": "more decisions are wrong",
    "error_rate": "more requests fail",
    "latency_p50": "the typical request takes longer",
    "latency_p95": "the slowest requests take longer",
    "latency_p99": "the slowest requests take longer",
    "auc": "the model tells {positive} from the rest less well",
    "average_precision": "the model tells {positive} from the rest less well",
}

_SLOWER = {"latency_p50": 2, "latency_p95": 20, "latency_p99": 100}


_WRONG = {
    "precision": "flagged as {positive} are wrong",
    "recall": "cases of {positive} are missed",
    "accuracy": "decisions are wrong",
    "wrong_rate": "decisions are wrong",
    "false_positive_share": "decisions flag as {positive} what is none",
    "false_negative_share": "decisions miss {positive}",
    "error_rate": "requests fail",
}


def effect(estimate: Estimate, config: Config) -> str:
    """'19 of 100 flagged as fraud are wrong (before: 11)', or '' where no plain words are known."""
    value, baseline = estimate.value, estimate.baseline
    if value is None:
        return ""
    earlier = None if baseline is None else baseline.value
    positive = config.model.positive
    if estimate.name in _WRONG:
        share, was = _wrong_share(estimate.name, value), None
        base = wording.base_for(share)
        if earlier is not None:
            was = _wrong_share(estimate.name, earlier)
            base = wording.base_for(share, was)
        what = _WRONG[estimate.name].format(positive=positive)
        said = f"{wording.frequency(share, base)} {what}"
        before = "" if was is None else numbers.count(was * base)
    elif estimate.name in _SLOWER:
        said = f"1 in {_SLOWER[estimate.name]} requests takes longer than {_time(value, estimate)}"
        before = "" if earlier is None else _time(earlier, estimate)
    elif estimate.name == "observed_expected":
        direction = "more" if value >= 1.0 else "less"
        said = f"{numbers.share(abs(value - 1.0))} {direction} {positive} than the model predicts"
        before = ""
    elif estimate.name == "burn_rate":
        said = f"errors use up what is allowed {wording.quantity(value)} times too fast"
        before = ""
    else:
        return ""
    where = f" in {estimate.segment}" if estimate.segment else ""
    compared = "before" if baseline and baseline.what.startswith("before") else "reference"
    return said + where + (f" ({compared}: {before})" if before else "")


def worse(estimate: Estimate, config: Config) -> str:
    """'more fraud is missed than before the incident', or '' where no plain words are known."""
    if estimate.name not in _WORSE or estimate.baseline is None:
        return ""
    where = f" in {estimate.segment}" if estimate.segment else ""
    what = _WORSE[estimate.name].format(positive=config.model.positive)
    then = estimate.baseline.what.split(",")[0]
    return f"{what}{where} than {'in the reference period' if then == 'reference' else then}"


def _wrong_share(name: str, value: float) -> float:
    return 1.0 - value if name in ("precision", "recall", "accuracy") else value


def _time(value: float, estimate: Estimate) -> str:
    return wording.quantity(value, estimate.unit)
