"""Figures made by hand, as `assess` would give them."""

from __future__ import annotations

from typing import Any

from cockpit.records import (
    HOUR,
    Assessment,
    Baseline,
    Difference,
    Drift,
    Estimate,
    Monitor,
    Window,
)

WINDOW = Window(start=0, end=HOUR)


def facts(*metrics: Estimate, **more: Any) -> Assessment:
    """An assessment of these figures and nothing else."""
    empty: dict[str, Any] = {"drift": [], "segments": []}
    return Assessment(
        at=HOUR, as_of=HOUR, window=WINDOW, metrics=list(metrics), **{**empty, **more}
    )


def figure(
    name: str, value: float | None, was: float | None = None, half: float = 0.0, **more: Any
) -> Estimate:
    """A figure with its baseline `was`; `half` the half width of both its intervals."""
    base = None if was is None else Baseline(what="before", value=was)
    change = None
    if value is not None and was is not None:
        change = Difference(value=value - was, low=value - was - half, high=value - was + half)
    given: dict[str, Any] = {
        "id": name,
        "direction": "lower_is_better",
        "source": "score",
        "n": 5_000,
        "baseline": base,
        "difference": change,
        "low": None if value is None else value - half,
        "high": None if value is None else value + half,
    }
    return Estimate(
        name=name, value=value, window=WINDOW, as_of=HOUR, taken_at=HOUR, **{**given, **more}
    )


def drift(feature: str, drift_class: str, psi: float | None = 0.01, **more: Any) -> Drift:
    """How far one feature is from its reference."""
    return Drift(
        feature=feature,
        psi=psi,
        psi_corrected=psi,
        low=None,
        high=None,
        kl=None,
        n=5_000,
        drift_class=drift_class,
        sentence=f"{feature}: {drift_class}",
        **more,
    )


def alarm(identity: str, name: str, *, detector: bool) -> Monitor:
    """A monitor that sounded: an e-detector, or one version against another."""
    return Monitor(
        id=identity,
        name=name,
        kind="e-detector" if detector else "e-process",
        null="all is well",
        evidence=100.0,
        threshold=20.0,
        start=0,
        run_length=HOUR if detector else None,
        alarm_at=HOUR,
        sentence=f"{name}: sounded",
    )
