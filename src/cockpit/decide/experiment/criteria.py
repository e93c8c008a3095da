"""Exit criteria: what a pass and a fail will be, in words, before the fix is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from msgspec.structs import replace

from cockpit.assess.objectives import bounds
from cockpit.config import Config
from cockpit.decide.experiment.power import ALPHA
from cockpit.decide.experiment.stakes import Stake, percent, stake_of, tolerance
from cockpit.decide.facts.estimates import find, is_bad
from cockpit.decide.facts.versions import Versions
from cockpit.numbers import milliseconds
from cockpit.records import DAY, MINUTE, Assessment
from cockpit.text import inert
from cockpit.units import duration
from cockpit.views import Countable, Criteria, ExperimentKind, ExperimentWish, Guardrail

LEAST = 15 * MINUTE  # to look at it: what fills up slowly, queue or cache, takes as long to show
MOST = 366 * DAY
BASELINE = "baseline"  # in place of a version: the fix is held against what was before


@dataclass(frozen=True)
class Arms:
    """The fix and what it is held against, by name; `note` says why that is no version."""

    fix: str  # "" is the first version that begins to serve
    control: str  # "" is the baseline
    note: str = ""


def arms_of(assessment: Assessment, stake: Stake, versions: Versions, wish: ExperimentWish) -> Arms:
    """The arms as wished; else against the version before, unless that is hurt itself."""
    fix = inert(wish.fix)
    if wish.against:
        return Arms(fix, "" if wish.against == BASELINE else inert(wish.against))
    control = inert(next((v for v in (versions.previous, versions.new) if v and v != fix), ""))
    own = find(assessment, stake.metric, control, stake.segment)
    if is_bad(own or find(assessment, stake.metric, None, stake.segment)):
        note = f"{control or 'what serves'} is hurt itself: to be no worse than it proves nothing"
        return Arms(fix, "", f"{note}, so the fix is held against the baseline")
    return Arms(fix, control)


def guardrails(assessment: Assessment, config: Config, metric: str) -> list[Guardrail]:
    """What must not break beside the metric: p99 and errors, where they are measured."""
    found = []
    slow = stake_of(assessment, config, "latency_p99")
    p99 = find(assessment, "latency_p99")
    if metric != "latency_p99" and slow.limit and slow.slowest and p99 and p99.value is not None:
        text = f"{percent(slow.limit)} of its requests over {milliseconds(slow.slowest)}"
        found.append(
            Guardrail(name="latency_p99", limit=slow.limit, slowest=slow.slowest, text=text)
        )
    errors = find(assessment, "error_rate")
    if metric != "error_rate" and errors is not None and errors.value is not None:
        bound, base = bounds(config).get("error_rate"), errors.baseline
        limit = bound.limit if bound is not None else None
        if limit is None and base is not None and base.value is not None:
            limit = base.value + tolerance("error_rate", base, config)
        if limit is not None and 0.0 < limit < 1.0:
            text = f"{percent(limit)} of its requests failed"
            found.append(Guardrail(name="error_rate", limit=limit, text=text))
    return found


def criteria_of(
    kind: ExperimentKind,
    stake: Stake,
    arms: Arms,
    guards: list[Guardrail],
    *,
    rows: int,
    share: float,
    power: float,
    minutes_at_most: float | None,
    label_delay: int,
) -> Criteria | None:
    """The criteria of one plan; null where bad rows cannot be counted."""
    metric = next((name for name in get_args(Countable) if name == stake.metric), None)
    if stake.base is None or metric is None:
        return None
    latest = None
    if minutes_at_most is not None:
        latest = min(max(round(minutes_at_most * MINUTE), LEAST), MOST)
    criteria = Criteria(
        kind=kind,
        metric=metric,
        segment=stake.segment,
        fix=arms.fix,
        control=arms.control,
        share=share,
        baseline=stake.base,
        margin=stake.margin,
        power=power,
        rows=rows,
        latest=latest,
        label_delay=min(label_delay, MOST),
        slowest=stake.slowest,
        guardrails=guards,
    )
    return replace(criteria, sentences=_sentences(criteria, stake))


def _sentences(criteria: Criteria, stake: Stake) -> list[str]:
    where = f" in {stake.segment}" if stake.segment else ""
    who = criteria.fix or "the fix"
    limit = percent(stake.limit or criteria.margin)
    if criteria.kind == "probes":
        return [
            f"pass: {criteria.rows:,} probes of {who}{where} without a failure: under {limit} fail",
            "fail: one probe fails",
        ]
    if criteria.control:
        beyond = f"{points(criteria.margin)} above {criteria.control}"
    else:
        beyond = f"{limit}, {points(criteria.margin)} above the baseline"
    told = [
        f"pass: {stake.what}{where} of {who} surely less than {beyond}",
        "fail: surely more than that",
        *(f"fail: surely more than {guard.text}" for guard in criteria.guardrails),
    ]
    last = "a fail counts after a pass too"
    if criteria.latest is not None:
        last += f"; undecided {duration(criteria.latest)} after it began, it is not proven"
    sure = f"sure: wrong in at most {percent(ALPHA)} of experiments, however often looked at"
    return [*told, last, sure]


def points(margin: float) -> str:
    """'1 point', '0.25 points', of a hundred."""
    value = f"{margin * 100:.2g}"
    return f"{value} point" if value == "1" else f"{value} points"
