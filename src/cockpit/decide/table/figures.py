"""The cells of the containment table: each number with its interval and how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.choice.loss import TAIL
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import Plan
from cockpit.decide.outcomes.forecast import SURE, Forecast, Interval, interval
from cockpit.decide.outcomes.quality import Part
from cockpit.decide.table.counts import assumed, named
from cockpit.decide.table.sentences import unit_of
from cockpit.text import inert
from cockpit.units import clock, duration, parse_duration, parse_share
from cockpit.views import Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def not_priced(facts: Measured, unit: str) -> Figure:
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
    tolerance = parse_share(config.tolerance)
    share, chances = forecast.exposed(tolerance), forecast.bad_paths(tolerance)
    sticky = " sticky" if plan.assumed.sticky and share > 0 else ""
    basis = forecast.mixture.basis
    each = [
        f"{named(version)}{f' in {inert(part)}' if part else ''}: bad with P "
        f"{numbers.probability(float(chance))}, {numbers.share(float(weight))} of requests"
        for (version, part), chance, weight in zip(
            basis.worlds.paths, chances, forecast.course.weights, strict=True
        )
        if weight > 0 and (version, part) not in basis.no_model
    ]
    return Figure(
        text=numbers.share(share) + sticky,
        value=share,
        unit="share of requests",
        derivation=[
            f"share of requests on a path that is bad with P ≥ {numbers.probability(SURE)}: "
            f"a model wrong {config.tolerance} more often than a healthy service, or too slow",
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
    plan: Plan, forecast: Forecast, facts: Measured, config: Config, lines: list[str]
) -> Figure:
    """Wrong decisions in the next hour, and requests not served."""
    unserved = forecast.unserved_hour
    more = f" + {numbers.count(unserved)} unserved" if unserved >= 0.5 else ""
    median, late = forecast.course.minutes
    made = [
        f"{numbers.count(facts.requests_per_hour or 0.0)} requests an hour, "
        f"{clock(facts.rate_window.start)}–{clock(facts.rate_window.end)}",
        *lines,
    ]
    if median > 0:
        made.append(
            f"as now until it takes effect: {median:g} min, {late:g} at the 90th percentile"
        )
    if more:
        made.append("a request not served is no wrong decision; it is counted apart")
    figure = _counted(forecast.wrong_hour, unit_of(config), made)
    return replace(figure, text=figure.text + more, assumed=assumed(plan, facts))


def until_resolved(
    plan: Plan, forecast: Forecast, facts: Measured, config: Config, lines: list[str]
) -> Figure:
    """Wrong decisions beyond those of a healthy service until it is resolved."""
    median, late = config.decisions.minutes_to_fix
    horizon = duration(parse_duration(config.decisions.horizon))
    draws = forecast.wrong_until
    worst = np.sort(draws)[int((1.0 - TAIL) * draws.size) :].mean()
    made = [
        "wrong decisions among served requests, less those a healthy service would make",
        f"until it is mended, {median:g} min, {late:g} at the 90th percentile, "
        f"and no longer than {horizon}",
        f"mean [5 %, 95 %]; median {numbers.count(float(np.median(draws)))}, "
        f"mean of the worst tenth {numbers.count(float(worst))}",
        *lines,
    ]
    figure = _counted(interval(draws), unit_of(config), made)
    return replace(figure, assumed=assumed(plan, facts))


def harm(draws: Floats, unit: str) -> Figure:
    """The harm of an option if one fault is the cause, (draws,): in missed positives."""
    found = interval(draws)
    return Figure(
        text=numbers.count(found.value),
        value=found.value,
        low=found.low,
        high=found.high,
        unit=unit,
        derivation=[
            "beyond a healthy service until resolved, if this is the cause; mean [5 %, 95 %]",
            "in missed positives: each wrong, slow, failing or unserved one as in model.harm",
        ],
    )


def expected_harm(mean: float, mixture: Floats, unit: str) -> Figure:
    """The harm of an option over all faults, as likely as they are; (draws,) of the mixture."""
    found = interval(mixture)
    return Figure(
        text=numbers.count(mean),
        value=mean,
        low=found.low,
        high=found.high,
        unit=unit,
        derivation=[
            "Σ over the faults of probability × mean harm until resolved, beyond a healthy service",
            f"5 % of the draws below {numbers.count(found.low)}, "
            f"5 % above {numbers.count(found.high)}",
        ],
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


def _counted(found: Interval, unit: str, lines: list[str]) -> Figure:
    return Figure(
        text=numbers.with_interval(found.value, found.low, found.high),
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


def improvement(
    forecast: Forecast, parts: Mapping[str, Part | None], facts: Measured, config: Config
) -> Figure:
    """What is given up of the new version's gain, in points of right decisions, while it lasts."""
    unit = "share of decisions"
    if any(part is None for part in parts.values()):
        return Figure(text="not measured", unit=unit, derivation=["no baseline to go by"])
    moved = forecast.now - forecast.course.weights
    lost = sum(
        float(weight) * float(part.gain.sum(axis=0).mean())
        for (version, name), weight in zip(forecast.situation.worlds.paths, moved, strict=True)
        if version == facts.versions.new and (part := parts[name]) is not None
    )
    new = inert(facts.versions.new or "the new version")
    mean = config.decisions.improvement[0]
    return Figure(
        text="none" if lost < 1e-6 else numbers.share(lost),
        value=lost,
        unit=unit,
        assumed=True,
        derivation=[
            f"{new}, when healthy, makes {mean} fewer wrong decisions than the version before",
            f"decisions.improvement = {mean}, times what no longer goes to {new}",
        ],
    )
