"""The containment options as plans: which version serves which share of which traffic."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cockpit.config import OPTIONS, Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Assumed, assumed
from cockpit.numbers import share as share_text
from cockpit.state import State
from cockpit.text import inert

SEGMENT_OFF = "segment off: "

Serving = dict[str, dict[str, float]]  # part → version → share of the part's requests


@dataclass(frozen=True)
class Plan:
    """One option: the serving it leads to, what it takes, and what stands in its way."""

    kind: str
    label: str
    serving: Serving
    assumed: Assumed
    needs: str = ""
    blocked: str = ""

    @property
    def serves(self) -> bool:
        """Whether anything is still decided."""
        return any(self.serving.values())


def plans(measured: Measured, state: State, config: Config) -> list[Plan]:
    """Every option the configuration allows, in no order."""
    built = [
        _plan(given, measured, state)
        for kind in OPTIONS
        if kind not in ("blue_green", "pin") and (given := assumed(kind, config)) is not None
    ]
    return built


def segment_of(label: str) -> str | None:
    """The segment that a plan's label says is switched off."""
    return label.removeprefix(SEGMENT_OFF) if label.startswith(SEGMENT_OFF) else None


def now(measured: Measured) -> Serving:
    """Who serves each part at this moment.

    A version's requests by part where they were counted, else its share of all traffic.
    """
    return {part: _now_in(measured, part) for part in measured.parts}


def _now_in(measured: Measured, part: str) -> dict[str, float]:
    """Versions share the whole as traffic says; within a part, as their predictions there say."""
    weights = {}
    for version, serves in measured.serving.items():
        cells = [measured.cells[version, p] for p in measured.parts]
        rows = sum(cell.requests for cell in cells)
        here = measured.cells[version, part].requests
        weights[version] = serves * (here / rows if rows else measured.share_of(part))
    total = sum(weights.values())
    if total == 0:
        return dict(measured.serving)
    return {version: weight / total for version, weight in weights.items() if weight > 0}


def _plan(given: Assumed, measured: Measured, state: State) -> Plan:
    kind, versions = given.kind, measured.versions
    current = now(measured)
    new, previous, fallback = versions.new, versions.previous, versions.fallback
    named_new, named_previous = (
        inert(new or "the new version"),
        inert(previous or "the version before"),
    )
    serving, label, blocked = current, kind, ""
    if kind == "rollback":
        label, serving = f"rollback to {named_previous}", _everywhere(measured, {previous: 1.0})
    elif kind in ("canary", "split"):
        share = share_text(given.share)
        label = f"canary {named_new} {share}" if kind == "canary" else f"split {share} {named_new}"
        serving = _everywhere(measured, {new: given.share, previous: 1.0 - given.share})
    elif kind == "shadow":
        label = f"shadow {named_previous}"
    elif kind == "rules":
        label, serving = f"{inert(fallback)} fallback", _everywhere(measured, {fallback: 1.0})
    elif kind == "throttle":
        label = f"throttle {share_text(given.shed)}"
        serving = {
            part: {version: weight * (1 - given.shed) for version, weight in shares.items()}
            for part, shares in current.items()
        }
    elif kind == "kill":
        label, serving = "kill switch", _everywhere(measured, {})
    elif kind == "segment_off":
        label = f"{SEGMENT_OFF}{measured.segment}" if measured.segment else "segment off"
        serving = dict(current)
        if measured.segment is None:
            blocked = "no segment stands out"
        else:
            serving[measured.segment] = {fallback: 1.0}
            blocked = _cannot_switch(given, measured.segment)
    if kind in ("rollback", "canary", "split", "shadow") and not previous:
        blocked = "no previous version: set model.versions.previous"
        if kind != "shadow":  # served by nobody one can name, which is not the same as by nobody
            serving = {part: {previous: 1.0} for part in measured.parts}
    needs, short = _needs(given, measured, state, previous)
    return Plan(kind, label, serving, given, needs, blocked or short)


def _everywhere(measured: Measured, shares: dict[str, float]) -> Serving:
    kept = {version: weight for version, weight in shares.items() if version and weight > 0}
    return {part: dict(kept) for part in measured.parts}


def _cannot_switch(given: Assumed, segment: str) -> str:
    """Why this segment cannot be switched off, or ""."""
    if given.segments is None or any(segment.startswith(f"{d} ") for d in given.segments):
        return ""
    return f"options.segment_off.segments does not name {segment.split(' ')[0]}"


def _needs(given: Assumed, measured: Measured, state: State, previous: str) -> tuple[str, str]:
    """What the option needs, and what of it is not there."""
    needs, blocked = [given.needs] if given.needs else [], ""
    if given.capacity is not None and given.kind in ("rollback", "canary", "split"):
        warm = measured.warm.get(previous, given.capacity.warm_workers)
        needed = math.ceil(given.capacity.needed * (1.0 - given.share))
        needs.append(f"{warm}/{needed} warm")
        if warm < needed:
            workers = "worker" if needed - warm == 1 else "workers"
            blocked = f"warm {needed - warm} more {workers} first"
    if given.kind == "rollback" and _schema_since_deploy(state):
        needs.append("schema check")
    if given.kind == "segment_off" and not needs:
        needs.append("flag")
    return ", ".join(needs), blocked


def _schema_since_deploy(state: State) -> bool:
    """Whether a schema changed after the last deploy: an older version may not read it."""
    deploys = [change.at for change in state.changes if change.kind == "deploy"]
    return any(
        change.kind == "schema" and change.at >= max(deploys, default=0) for change in state.changes
    )
