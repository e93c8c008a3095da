"""The figures a brief may use, each bound to the moment it was taken and to what it rests on."""

from __future__ import annotations

from typing import Any

import msgspec

from cockpit import numbers
from cockpit.brief import wording
from cockpit.records import Estimate, Event, Record, Window
from cockpit.views import Impact, View


class Fact(Record, kw_only=True):
    """One figure: as printed (`text`), with its interval, sample, window, time and estimate.

    `value` is null exactly when `text` says why; `n` is 0 where no sample is stated. Times are µs.
    """

    name: str
    text: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int = 0
    unit: str = ""
    window: Window
    as_of: int
    taken_at: int
    estimate: str


def facts(view: View) -> dict[str, Fact]:
    """Every figure of a view by name: 'precision', 'precision, region BR', 'impact share', ….

    The names of metrics are those of the JSON; version and segment follow after a comma.
    """
    found: dict[str, Fact] = {}
    estimates = [
        *view.model.metrics,
        *view.infra.metrics,
        *view.model.segments,
        *view.impact.evidence,
    ]
    for estimate in estimates:
        found.setdefault(name_of(estimate), _of_estimate(estimate))
    for fact in _of_impact(view.impact, view):
        found[fact.name] = fact
    for drift in view.model.drift:
        name = f"psi, {drift.feature}" + (f", {drift.segment}" if drift.segment else "")
        value = drift.psi_corrected
        found[name] = Fact(
            name=name,
            text=(drift.reason or "not measured") if value is None else wording.quantity(value),
            value=value,
            low=drift.low,
            high=drift.high,
            n=drift.n,
            window=view.window,
            as_of=view.as_of,
            taken_at=view.at,
            estimate=name,
        )
    return found


def as_data(figures: dict[str, Fact]) -> dict[str, Any]:
    """Facts as plain data, for the journal entry of an export."""
    data: dict[str, Any] = msgspec.to_builtins(figures)
    return data


def of_export(export: Event | None) -> dict[str, Fact]:
    """The facts an earlier export was journalled with; none where there is nothing comparable."""
    if export is None:
        return {}
    try:
        return msgspec.convert(export.data.get("figures", {}), dict[str, Fact])
    except msgspec.ValidationError:
        return {}  # written by another version, whose figures are not ours to compare


def name_of(estimate: Estimate) -> str:
    """'precision', 'precision, v41', 'precision, region BR', 'precision, shadow, v43'."""
    role = None if estimate.role == "served" else estimate.role
    return ", ".join(p for p in (estimate.name, role, estimate.version, estimate.segment) if p)


def _of_estimate(estimate: Estimate) -> Fact:
    return Fact(
        name=name_of(estimate),
        text=(
            estimate.reason or "not measured"
            if estimate.value is None
            else wording.quantity(estimate.value, estimate.unit)
        ),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        level=estimate.level,
        n=estimate.n,
        unit=estimate.unit,
        window=estimate.window,
        as_of=estimate.as_of,
        taken_at=estimate.taken_at,
        estimate=estimate.id,
    )


def _of_impact(impact: Impact, view: View) -> list[Fact]:
    """The figures of the impact line; how many are wrong rests on its evidence, if it names any."""
    evidence = impact.evidence[0] if impact.evidence else None
    spoken = (
        ("affected share", impact.share, numbers.share, f"of {impact.of}"),
        ("affected", impact.affected, numbers.count, impact.of),
        ("wrong, one in", impact.wrong_one_in, wording.one_in, "decisions"),
        ("wrong when healthy, one in", impact.healthy_one_in, wording.one_in, "decisions"),
        ("not labelled", impact.unlabelled_share, numbers.share, "of decisions"),
    )
    found = []
    for name, value, say, unit in spoken:
        if value is None:
            continue
        behind = evidence if name == "wrong, one in" else None
        found.append(
            Fact(
                name=name,
                text=f"{say(value)} {unit}",
                value=float(value),
                n=behind.n if behind else 0,
                unit=unit,
                window=behind.window if behind else view.window,
                as_of=view.as_of,
                taken_at=view.at,
                estimate=behind.id if behind else "impact",
            )
        )
    return found
