"""The p99 after an option: of one version as measured, of a mixture by its versions' tails."""

from __future__ import annotations

import math

from msgspec.structs import replace

from cockpit import numbers
from cockpit.decide.capacity.curve import curve_of, latency_at
from cockpit.decide.facts.measured import Measured
from cockpit.decide.facts.tails import mixture_quantile
from cockpit.decide.options.load import load_now
from cockpit.decide.options.plans import Plan, now
from cockpit.records import Estimate
from cockpit.text import inert
from cockpit.units import clock
from cockpit.views import Figure


def latency_after(plan: Plan, measured: Measured) -> Figure:
    """The p99 (ms) of served requests once the option is in effect."""
    weights = _versions(plan, measured)
    if "" in weights:
        return Figure(text="not measured", unit="ms", derivation=["no previous version is known"])
    if not weights:
        return Figure(text="none served", unit="ms", derivation=["no request is answered"])
    if sum(weights.values()) < 0.999:
        return _at_less_load(sum(weights.values()), measured)
    if plan.serving == now(measured) and measured.latency_now is not None:
        return _of(measured.latency_now, "p99 of all requests")
    if len(weights) == 1:
        return _single(next(iter(weights)), measured)
    missing = ", ".join(version for version in weights if version not in measured.tails)
    if missing:
        return Figure(
            text="not measured",
            unit="ms",
            derivation=[f"no latency quantiles of {inert(missing)}"],
        )
    value = mixture_quantile([(share, measured.tails[v]) for v, share in weights.items()])
    split = ", ".join(f"{inert(v)} {numbers.share(w)}" for v, w in weights.items())
    assumed = any(measured.tails[version].assumed for version in weights)
    return Figure(
        text=_text(value, assumed),
        value=value,
        unit="ms",
        assumed=assumed,
        derivation=[
            f"mixture of {split}",
            "from each one's p50, p95 and p99, exponential between them and beyond",
            "at the load each carries now",
        ],
    )


def p95_after(plan: Plan, measured: Measured) -> Figure:
    """The p95 (ms) of served requests once the option is in effect, by the versions' tails."""
    weights = _versions(plan, measured)
    missing = [version for version in weights if version not in measured.tails]
    if not weights or missing or sum(weights.values()) < 0.999:
        return Figure(text="not measured", unit="ms", derivation=["not told at that load"])
    value = mixture_quantile([(w, measured.tails[v]) for v, w in weights.items()], slower=0.05)
    assumed = any(measured.tails[version].assumed for version in weights)
    return Figure(
        text=_text(value, assumed),
        value=value,
        unit="ms",
        assumed=assumed,
        derivation=["from each version's own p50, p95 and p99, at the load each carries now"],
    )


def _at_less_load(share: float, measured: Measured) -> Figure:
    """The p99 where only so great a share of requests is let in, by the curve of now."""
    load = load_now(measured)
    curve = curve_of(measured.curves, 0.99)
    found = latency_at(curve, share * (load or 0.0))
    low, high = found.interval
    value = found.middle
    if value is None or low is None or high is None or math.isinf(high) or load is None:
        why = found.reason or "how latency falls with load was not measured"
        return Figure(text="not measured", unit="ms", derivation=[why])
    lines = [curve.sentence] if curve is not None else []
    return Figure(
        text=numbers.milliseconds(value),
        value=value,
        low=low,
        high=high,
        unit="ms",
        derivation=[
            f"the measured curve at {share * load:.3g} requests a second, now {load:.3g}",
            *lines,
            *([found.note] if found.note else []),
        ],
    )


def _versions(plan: Plan, measured: Measured) -> dict[str, float]:
    """Share of all requests by version, over both parts."""
    weights: dict[str, float] = {}
    for part, shares in plan.serving.items():
        for version, share in shares.items():
            weights[version] = weights.get(version, 0.0) + measured.share_of(part) * share
    return {version: weight for version, weight in weights.items() if weight > 0}


def _single(version: str, measured: Measured) -> Figure:
    estimate = measured.latency.get(version)
    if estimate is not None and estimate.value is not None:
        share = measured.serving.get(version, 0.0)
        figure = _of(estimate, f"p99 of {inert(version)}")
        if share >= 0.5:
            return figure
        caution = f"measured at {numbers.share(share)} of the traffic, not at all of it"
        return replace(figure, derivation=[*figure.derivation, caution])
    if version in measured.tails:
        what = "as configured" if version == measured.versions.fallback else "as the baseline was"
        value = measured.tails[version].points[-1][0]
        return Figure(
            text=_text(value, True),
            value=value,
            unit="ms",
            assumed=True,
            derivation=[f"{inert(version)} serves nothing now: p99 {what}"],
        )
    return Figure(
        text="not measured", unit="ms", derivation=[f"{inert(version)} serves nothing now"]
    )


def _of(estimate: Estimate, what: str) -> Figure:
    """A p99 as it was measured."""
    if estimate.value is None:
        return Figure(text=estimate.reason, unit="ms", derivation=[f"{what}: {estimate.reason}"])
    window = f"{clock(estimate.window.start)}–{clock(estimate.window.end)}"
    return Figure(
        text=numbers.milliseconds(estimate.value),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        unit="ms",
        derivation=[f"{what}, {estimate.n:,} requests, {window}"],
    )


def _text(value: float, assumed: bool) -> str:
    return numbers.milliseconds(value) + (" assumed" if assumed else "")
