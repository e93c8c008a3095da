"""What an experiment has to show: the metric at stake, its usual share of bad rows, the margin."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.assess.metrics import METRICS
from cockpit.assess.objectives import Bound, bounds
from cockpit.assess.verdicts import SMALLEST_RARE, Comparison, tolerated
from cockpit.assess.words import number
from cockpit.config import Config
from cockpit.decide.facts.estimates import find, is_bad, worst_segment
from cockpit.decide.facts.tails import baseline_tail, tail_of
from cockpit.numbers import milliseconds
from cockpit.records import Assessment, BadInput, Baseline, Estimate
from cockpit.text import inert
from cockpit.units import parse_share

# The metrics that can be proved, in the order in which one that is degraded is taken, and what a
# bad row of each is.
BAD = {
    "wrong_rate": "wrong decisions",
    "precision": "false alarms among positive decisions",
    "recall": "misses among positives",
    "latency_p99": "slow requests",
    "error_rate": "failed requests",
    "auc": "",
}
LABELLED = frozenset({"wrong_rate", "precision", "recall", "auc"})
_SLOW = 0.01  # of requests lie beyond p99


@dataclass(frozen=True)
class Stake:
    """Shares are of bad rows among those that are judged; `judged` of them come with a request.

    `now` and `base` are null where nothing tells, with `reason`. `slowest` is the latency, ms, from
    which a request is slow. `auc` is set where that is what is compared, and no bad rows are.
    """

    metric: str
    segment: str | None
    now: float | None
    base: float | None
    margin: float
    judged: float
    what: str  # the bad rows in words
    baseline: str = ""  # where the base comes from
    slowest: float | None = None
    borrowed: str = ""  # that the rate leans on other segments
    reason: str = ""

    @property
    def limit(self) -> float | None:
        """The share of bad rows that is still tolerated."""
        return None if self.base is None else min(self.base + self.margin, 1.0)


def stake_of(
    assessment: Assessment, config: Config, metric: str = "", margin: float | None = None
) -> Stake:
    """The stake of `metric`, or of what is degraded now: the hurt segment's wrong decisions first.

    Raises BadInput for a metric that cannot be proved.
    """
    if metric and metric not in BAD:
        raise BadInput(f"{inert(metric, 40)} cannot be proved by rows; choose of {', '.join(BAD)}")
    name = metric or _degraded(assessment)
    segment = worst_segment(assessment) if name in LABELLED and name != "auc" else None
    estimate = find(assessment, name, None, segment)
    if name == "latency_p99":
        return _latency(assessment, config, margin)
    return _share(assessment, config, name, segment, estimate, margin)


def _degraded(assessment: Assessment) -> str:
    if worst_segment(assessment) is not None:
        return "wrong_rate"
    return next((name for name in BAD if is_bad(find(assessment, name))), "wrong_rate")


def tolerance(name: str, base: Baseline, config: Config) -> float:
    """What the verdicts tolerate: declared, else up to the promise, else a share of the base."""
    held = Comparison(
        direction=METRICS[name].direction,
        unit=METRICS[name].unit,
        base=base,
        bound=bounds(config).get(name),
        tolerance=parse_share(config.tolerance),
        fraction=1.0,
        elapsed=1,
    )
    return tolerated(base, held)


def _share(
    assessment: Assessment,
    config: Config,
    name: str,
    segment: str | None,
    estimate: Estimate | None,
    margin: float | None,
) -> Stake:
    """Of a metric that is a share, turned so that more of it is worse."""
    bound = bounds(config).get(name)
    base = _base(estimate, bound)
    value = None if estimate is None else estimate.value
    if base is None or base.value is None:
        reason = "" if estimate is None else estimate.reason
        reason = reason or ("not measured" if value is None else "nothing to compare with")
        return Stake(
            name, segment, None, None, margin or 0.01, 1.0, BAD[name], reason=f"{name}: {reason}"
        )
    high = METRICS[name].direction == "higher_is_better" and name != "auc"
    turned = [x if x is None or not high else 1.0 - x for x in (value, base.value)]
    borrowed = ""
    if segment is not None and estimate is not None:
        borrowed = f"{estimate.n:,} labelled rows, and borrowed from the other segments"
    return Stake(
        metric=name,
        segment=segment,
        now=turned[0],
        base=turned[1],
        margin=margin if margin is not None else _between(tolerance(name, base, config)),
        judged=_judged(assessment, name, segment),
        what=BAD[name],
        baseline=base.what,
        borrowed=borrowed,
    )


def _between(margin: float) -> float:
    """A margin that rows can show, whatever tolerance was declared: above nothing, below all."""
    return min(max(margin, SMALLEST_RARE), 1.0 - SMALLEST_RARE)


def _base(estimate: Estimate | None, bound: Bound | None) -> Baseline | None:
    """The estimate's baseline, else the promise."""
    base = None if estimate is None else estimate.baseline
    if base is not None and base.value is not None:
        return base
    return None if bound is None else Baseline(what="the promise", value=bound.limit)


def _judged(assessment: Assessment, name: str, segment: str | None) -> float:
    """How many rows a labelled decision is worth: precision counts the positive ones alone."""
    rows, every = (find(assessment, n, None, segment) for n in (name, "wrong_rate"))
    if name not in ("precision", "recall") or rows is None or every is None or not every.n:
        return 1.0
    return min(rows.n / every.n, 1.0) if rows.n else 1.0


def _latency(assessment: Assessment, config: Config, margin: float | None) -> Stake:
    """Requests beyond the promised latency, or beyond the tolerated p99 where none is promised."""
    p99, bound = find(assessment, "latency_p99"), bounds(config).get("latency_p99")
    base, now = baseline_tail(assessment), tail_of(assessment, None)
    slowest: float | None = None
    if bound is not None and not bound.at_least:
        slowest = bound.limit
    elif p99 is not None and p99.baseline is not None and p99.baseline.value is not None:
        slowest = p99.baseline.value + tolerance("latency_p99", p99.baseline, config)
    what = f"requests over {milliseconds(slowest)}" if slowest else BAD["latency_p99"]
    if slowest is None:
        reason = "latency_p99: nothing promised, and nothing to compare with"
        return Stake("latency_p99", None, None, None, _SLOW, 1.0, what, reason=reason)
    before = min(base.slower(slowest), _SLOW) if base is not None else 0.0
    return Stake(
        metric="latency_p99",
        segment=None,
        now=None if now is None else now.slower(slowest),
        base=before,
        margin=margin if margin is not None else max(_SLOW - before, _SLOW / 10),
        judged=1.0,
        what=what,
        baseline="" if p99 is None or p99.baseline is None else p99.baseline.what,
        slowest=slowest,
    )


def sentence(stake: Stake) -> str:
    """'wrong decisions in region BR: 9 % now, 2.4 % before; at most 3.4 % is tolerated'."""
    what = stake.what or stake.metric
    where = f" in {stake.segment}" if stake.segment else ""
    if stake.base is None or stake.limit is None:
        return f"{what}{where}: {stake.reason}"
    unit = "" if stake.metric == "auc" else "share"
    now = "not measured now" if stake.now is None else f"{number(stake.now, unit)} now"
    before = f"{number(stake.base, unit)} in the baseline"
    if stake.baseline:
        before += f" ({stake.baseline})"
    if stake.metric == "auc":
        tolerated_ = f"at least {number(stake.base - stake.margin, unit)}"
    else:
        tolerated_ = f"at most {number(stake.limit, unit)}"
    return f"{what}{where}: {now}, {before}; of the fix {tolerated_} is tolerated"


def percent(share: float) -> str:
    """'2.4 %', '0.25 %'."""
    return number(share, "share")
