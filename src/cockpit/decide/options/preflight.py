"""What an option needs before it is taken, and what of it is missing: the `needs` column."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cockpit.config import Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.load import (
    carried_by_warm,
    retries_told,
    shedding_told,
    slow_left,
)
from cockpit.decide.options.plans import TO_PREVIOUS, Plan
from cockpit.numbers import minutes, share
from cockpit.records import Assessment
from cockpit.state import State
from cockpit.text import inert
from cockpit.views import Ask

NAMED = 2  # columns named in a warning; more are counted


@dataclass(frozen=True)
class Preflight:
    """`needs` in few words, `warnings` as sentences; `blocked` says why it cannot be done now.

    `warm_up` are the minutes that pass before it can be begun, while workers warm up; `slow_left`
    is the share of slow requests that shedding leaves, null where no load curve tells.
    """

    needs: str = ""
    warnings: tuple[str, ...] = ()
    blocked: str = ""
    warm_up: float = 0.0
    slow_left: float | None = None


def preflight(
    plan: Plan, measured: Measured, assessment: Assessment, state: State, config: Config
) -> Preflight:
    """What stands before the option: capacity, schema, shared features, retries, approval."""
    given = plan.assumed
    needs = [given.needs] if given.needs else []
    warnings: list[str] = []
    blocked, warm_up = plan.blocked, 0.0
    previous = inert(measured.versions.previous)
    warm, needed = _workers(plan, measured)
    missing = max(needed - warm, 0)
    if missing and carried_by_warm(plan, warm, measured):
        needs.append(f"{warm} warm")
        warnings.append(f"the {warm} warm workers carry it, though {needed} are asked for")
        missing = 0
    elif needed:
        needs.append(f"{needed - missing}/{needed} warm")
    if missing:
        warm_up = given.cold[1]
        workers = "worker" if missing == 1 else "workers"
        warnings.append(
            f"warm {missing} more {workers} first, {minutes(warm_up)}: done cold, "
            f"{share(given.cold[0] * missing / needed)} more of its requests are slow"
        )
    if plan.kind in TO_PREVIOUS and not plan.blocked:
        lacking = lacking_columns(assessment, measured.versions.previous)
        if lacking:
            needs.append("schema")
            blocked = f"{previous} reads {_named(lacking)}, which nothing sends"
        elif _schema_since_deploy(state):
            needs.append("schema check")
        shared = shared_drifted(assessment, measured.versions.previous)
        if shared:
            warnings.append(f"{previous} reads {_named(shared)} too, which drifted")
    if plan.kind in TO_PREVIOUS and (told := retries_told(measured, config)):
        warnings.append(told)
    if told := shedding_told(plan, measured):
        warnings.append(told)
    if plan.kind == "segment_off" and not needs:
        needs.append("flag")
    if plan.kind == "pin":
        needs.append(inert(given.snapshot, 30) or "snapshot")
    if given.approval:
        said, warning = _approval(given.approval, state)
        needs.append(said)
        warnings += [warning] if warning else []
    left = slow_left(plan, measured)
    return Preflight(", ".join(needs), tuple(warnings), blocked, warm_up, left)


def _workers(plan: Plan, measured: Measured) -> tuple[int, int]:
    """Workers that are warm, and how many the option needs."""
    given = plan.assumed
    if given.capacity is None or plan.kind not in TO_PREVIOUS:
        return 0, 0
    warm = measured.warm.get(measured.versions.previous, given.capacity.warm_workers)
    needed = math.ceil(given.capacity.needed * (1.0 - given.share))
    return min(warm, needed), needed


def lacking_columns(assessment: Assessment, version: str) -> list[str]:
    """Columns that a version reads and the predictions of now do not have."""
    reads, logged = assessment.reads.get(inert(version), []), set(assessment.logged)
    if not logged & set(reads):
        return []  # no inputs are logged, so nothing is known to be missing
    return [column for column in reads if column not in logged]


def shared_drifted(assessment: Assessment, version: str) -> list[str]:
    """Features that drifted and that a version reads."""
    reads = set(assessment.reads.get(inert(version), []))
    drifted = (d.feature for d in assessment.drift if d.drift_class in ("noticeable", "major"))
    return [feature for feature in dict.fromkeys(drifted) if inert(feature) in reads]


def _approval(who: str, state: State) -> tuple[str, str]:
    """'legal OK' with how far the ask got, and a warning while nobody has answered."""
    asks: list[Ask] = [ask for ask in state.asks if ask.who == who]
    name = inert(who, 20)
    if not asks:
        return f"{name} OK", f"ask {name} first: nobody has"
    latest = asks[-1]
    if latest.state == "answered":
        return f"{name} answered", f"{name} answered: {latest.answer}"
    return f"{name} {latest.state}", f"{name} has not answered yet"


def _named(names: list[str]) -> str:
    shown = [inert(name, 40) for name in names[:NAMED]]
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return " and ".join([*shown, *more])


def _schema_since_deploy(state: State) -> bool:
    """Whether a schema changed after the last deploy: an older version may not read it."""
    deploys = [change.at for change in state.changes if change.kind == "deploy"]
    return any(
        change.kind == "schema" and change.at >= max(deploys, default=0) for change in state.changes
    )
