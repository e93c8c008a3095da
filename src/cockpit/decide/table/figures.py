"""The cells of the containment table: each number with its interval and how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.facts.measured import Cell, Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.options.plans import PINNED, Plan
from cockpit.decide.outcomes.forecast import (
    SURE,
    Forecast,
    Interval,
    interval,
    tolerance_of,
)
from cockpit.text import inert
from cockpit.units import clock, duration, parse_duration
from cockpit.views import Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def not_priced(plan: Plan, facts: Measured, unit: str) -> Figure:
    """A cell of an option that nothing lets us price, with the reason."""
    if facts.requests_per_hour is None:
        why = "no traffic was measured"
    elif not facts.labelled:
        why = "no decision is known to be right or wrong, and there is no baseline"
    else:
        why = "a version this would serve has no labels and no baseline, or is not known"
    return Figure(text="not measured", unit=unit, derivation=[why])


def quality(plan: Plan, forecast: Forecast, in_precision: bool, lines: list[str]) -> Figure:
    """Change of precision, or of the share of right decisions, against now."""
    what = "precision" if in_precision else "right decisions"
    if not plan.serves:
        return Figure(text="no decisions", unit=what, derivation=["nothing is decided"])
    change = forecast.precision_change if in_precision else forecast.right_change
    if change is None:
        return Figure(text="not measured", unit=what, derivation=["hits cannot be told apart"])
    formula = (
        "precision after − precision now; precision = Σ w·hits / Σ w·(hits + false alarms)"
        if in_precision
        else "share of decisions right after − now; Σ w·(1 − wrong)"
    )
    return Figure(
        text=numbers.change(change.value, (change.high - change.low) / 2),
        value=change.value,
        low=change.low,
        high=change.high,
        unit=what,
        derivation=[formula, *lines],
    )


def exposed(plan: Plan, forecast: Forecast, config: Config) -> Figure:
    """Share of requests on a bad path once it is in effect."""
    share = forecast.exposed(tolerance_of(config))
    sticky = " sticky" if plan.assumed.sticky and share > 0 else ""
    chances = forecast.bad_paths(tolerance_of(config))
    paths = forecast.simulated.basis.worlds.paths
    each = [
        f"{_path(version, part)}: bad with P {numbers.probability(float(chance))}, "
        f"{numbers.share(float(weight))} of requests"
        for (version, part), chance, weight in zip(
            paths, chances, forecast.course.weights, strict=True
        )
        if weight > 0
    ]
    return Figure(
        text=numbers.share(share) + sticky,
        value=share,
        unit="share of requests",
        derivation=[
            f"share of requests on a path that is bad with P ≥ {numbers.probability(SURE)}: "
            f"wrong {config.tolerance} more often than a healthy service, or too slow",
            *each,
        ],
    )


def exposed_users(plan: Plan, share: float, config: Config) -> Figure:
    """Share of users who meet the bad path at least once."""
    per_user = config.decisions.requests_per_user
    if plan.assumed.sticky or share in (0.0, 1.0):
        return Figure(
            text=numbers.share(share),
            value=share,
            unit="share of users",
            derivation=["a user stays on the version they were given: as many users as requests"],
        )
    users = 1.0 - (1.0 - share) ** per_user
    return Figure(
        text=numbers.share(users),
        value=users,
        unit="share of users",
        assumed=True,
        derivation=[
            "each request is sent anew: 1 − (1 − share)^requests of a user",
            f"decisions.requests_per_user = {per_user:g}",
        ],
    )


def wrong_next_hour(
    forecast: Forecast, facts: Measured, config: Config, lines: list[str]
) -> Figure:
    """Wrong decisions in the next hour, and requests not served."""
    unserved = forecast.unserved_hour
    more = f" + {numbers.count(unserved)} unserved" if unserved >= 0.5 else ""
    median, late = forecast.course.minutes
    rate = facts.requests_per_hour or 0.0
    made = [
        f"{numbers.count(rate)} requests an hour, "
        f"{clock(facts.rate_window.start)}–{clock(facts.rate_window.end)}",
        *lines,
    ]
    if median > 0:
        made.append(
            f"as now until it takes effect: {median:g} min, {late:g} at the 90th percentile"
        )
    if more:
        made.append("a request not served is no wrong decision; it is counted apart")
    return _counted(forecast.wrong_hour, config.model.harm.unit, made, more)


def until_resolved(excess: Interval, draws: Floats, config: Config, lines: list[str]) -> Figure:
    """Wrong decisions beyond those of a healthy service until it is resolved, (draws,)."""
    median, late = config.decisions.minutes_to_fix
    horizon = duration(parse_duration(config.decisions.horizon))
    worst = np.sort(draws)[-max(draws.size // 10, 1) :].mean()
    made = [
        "wrong decisions among served requests, less those a healthy service would make",
        f"until it is mended, {median:g} min, {late:g} at the 90th percentile, "
        f"and no longer than {horizon}",
        f"mean [5 %, 95 %]; median {numbers.count(float(np.median(draws)))}, "
        f"mean of the worst tenth {numbers.count(float(worst))}",
        *lines,
    ]
    return _counted(excess, config.model.harm.unit, made, "")


def harm(draws: Floats, unit: str) -> Figure:
    """The harm of an option if one fault is the cause, (draws,): in missed positives."""
    found = interval(draws)
    return Figure(
        text=numbers.count(found.value),
        value=found.value,
        low=found.low,
        high=found.high,
        unit=f"{unit}, weighed as in model.harm",
        derivation=["mean harm until resolved beyond a healthy service, if this is the cause"],
    )


def budget(objective: str, spent: Interval) -> Figure:
    """The share of an error budget that is spent until it is resolved."""
    return Figure(
        text=f"{inert(objective, 30)} {numbers.share(spent.value)}",
        value=spent.value,
        low=spent.low,
        high=spent.high,
        unit="share of the error budget",
        derivation=[
            "bad requests until resolved ÷ (allowed share × requests of the objective's window)",
            f"5 % {numbers.share(spent.low)}, 95 % {numbers.share(spent.high)}",
        ],
    )


def _counted(found: Interval, unit: str, lines: list[str], more: str) -> Figure:
    return Figure(
        text=numbers.with_interval(found.value, found.low, found.high) + more,
        value=found.value,
        low=found.low,
        high=found.high,
        unit=unit,
        derivation=lines,
    )


def minutes(plan: Plan, value: float, key: str, warm_up: float = 0.0) -> Figure:
    """Minutes to effect, or to undo."""
    if plan.kind == "observe":
        return Figure(text="–", unit="min", derivation=["nothing is changed"])
    given = next(a for a in plan.assumed.listed if a.key.endswith(f".{key}"))
    lines = [given.text]
    if warm_up:
        lines.append(f"and {warm_up:g} min to warm workers up first")
    return Figure(
        text=numbers.minutes(value + warm_up),
        value=value + warm_up,
        unit="min",
        assumed=True,
        derivation=lines,
    )


def improvement(forecast: Forecast, facts: Measured, config: Config) -> Figure:
    """What is given up of the new version's gain, in points of right decisions, while it lasts."""
    unit = "share of decisions"
    parts = forecast.simulated.basis.parts
    if any(part is None for part in parts.values()):
        return Figure(text="not measured", unit=unit, derivation=["no baseline to go by"])
    moved = forecast.simulated.now - forecast.course.weights
    lost = sum(
        float(weight) * float(part.gain.sum(axis=0).mean())
        for (version, name), weight in zip(
            forecast.simulated.basis.worlds.paths, moved, strict=True
        )
        if version == facts.versions.new and (part := parts[name]) is not None
    )
    new = inert(facts.versions.new or "the new version")
    mean = config.decisions.improvement[0]
    return Figure(
        text="none" if abs(lost) < 1e-6 else numbers.share(max(lost, 0.0)),
        value=lost,
        unit=unit,
        assumed=True,
        derivation=[
            f"{new}, when healthy, makes {mean} fewer wrong decisions than the version before",
            f"decisions.improvement = {mean}, times what no longer goes to {new}",
        ],
    )


def quality_lines(plan: Plan, facts: Measured, rules: Rules) -> list[str]:
    """One line for each version and part the option leaves serving: the counts behind it."""
    lines = []
    for part, shares in plan.serving.items():
        where = part or ("elsewhere" if facts.segment else "everywhere")
        for version, share in shares.items():
            real = facts.versions.new if version == PINNED else version
            cell = facts.cells.get((real, part))
            named = "the last good features" if version == PINNED else inert(version)
            lines.append(f"{named} {where}, {numbers.share(share)}: {_rate(cell, rules)}")
    lines.append("each draw under one fault, as often as it is believed; 5–95 % of 5,000 draws")
    return lines


def _path(version: str, part: str) -> str:
    named = "the last good features" if version == PINNED else inert(version)
    return f"{named} in {part}" if part else named


def _rate(cell: Cell | None, rules: Rules) -> str:
    if cell is None:
        if rules.wrong_share is not None and rules.listed:
            return f"wrong {numbers.share(rules.wrong_share)}, assumed ({rules.listed[0].text})"
        return "not known"
    if cell.source == "measured":
        return f"{cell.wrong:,} of {cell.labelled:,} labelled wrong"
    if cell.source == "service":
        return "no labels yet: by the fault, from the healthy share"
    return "serves nothing now: by the fault, from the healthy share"
