"""The containment options as plans: which version serves which share of which traffic."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.config import OPTIONS, Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Assumed, assumed
from cockpit.numbers import share as share_text
from cockpit.text import inert

SEGMENT_OFF = "segment off: "
PINNED = "\0pinned"  # the new version on the last good features: no version is called so
TO_PREVIOUS = frozenset({"rollback", "blue_green", "canary", "split"})

Serving = dict[str, dict[str, float]]  # part → version → share of the part's requests


@dataclass(frozen=True)
class Plan:
    """One option: the serving it leads to, what is assumed of it, and why it cannot be taken."""

    kind: str
    label: str
    serving: Serving
    assumed: Assumed
    blocked: str = ""

    @property
    def serves(self) -> bool:
        """Whether anything is still decided."""
        return any(self.serving.values())


def plans(measured: Measured, config: Config) -> list[Plan]:
    """Every option the configuration allows, the built-in ones first, then the team's own."""
    found = (plan(kind, measured, config) for kind in kinds(config))
    return [one for one in found if one is not None]


def kinds(config: Config) -> list[str]:
    """The built-in options, then the team's own."""
    return [*OPTIONS, *(name for name in config.options if name not in OPTIONS)]


def plan(kind: str, measured: Measured, config: Config) -> Plan | None:
    """One option; null where the configuration rules it out."""
    given = assumed(kind, config)
    return None if given is None else _plan(given, measured)


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


def _plan(given: Assumed, measured: Measured) -> Plan:
    kind, versions = given.kind, measured.versions
    current = now(measured)
    new, previous, fallback = versions.new, versions.previous, versions.fallback
    named_new = inert(new or "the new version")
    named_previous = inert(previous or "the version before")
    share = share_text(given.share)
    everywhere = {
        "rollback": ("rollback to " + named_previous, {previous: 1.0}),
        "blue_green": ("switch to the fleet of " + named_previous, {previous: 1.0}),
        "canary": (f"canary {named_new} {share}", {new: given.share, previous: 1.0 - given.share}),
        "split": (f"split {share} {named_new}", {new: given.share, previous: 1.0 - given.share}),
        "rules": (f"{inert(fallback)} fallback", {fallback: 1.0}),
        "kill": ("kill switch", {}),
    }
    if kind in TO_PREVIOUS and not previous:
        label, _ = everywhere[kind]
        # Served by nobody one can name, which is not the same as by nobody.
        nobody: Serving = {part: {"": 1.0} for part in measured.parts}
        return Plan(kind, label, nobody, given, _NO_PREVIOUS)
    if kind in everywhere:
        label, shares = everywhere[kind]
        return Plan(kind, label, _everywhere(measured, shares), given)
    match kind:
        case "observe":
            return Plan(kind, kind, current, given)
        case "shadow":
            blocked = "" if previous else _NO_PREVIOUS
            return Plan(kind, f"shadow {named_previous}", current, given, blocked)
        case "throttle":
            return Plan(kind, f"throttle {share_text(given.shed)}", _less(current, given), given)
        case "pin":
            return Plan(kind, "pin the last good features", _pinned(current, new), given)
        case "segment_off":
            return _segment_off(given, measured, current)
        case _:
            return _own(given, measured, current)


_NO_PREVIOUS = "no previous version: set model.versions.previous"


def _everywhere(measured: Measured, shares: dict[str, float]) -> Serving:
    kept = {version: weight for version, weight in shares.items() if version and weight > 0}
    return {part: dict(kept) for part in measured.parts}


def _less(current: Serving, given: Assumed) -> Serving:
    return {
        part: {version: weight * (1 - given.shed) for version, weight in shares.items()}
        for part, shares in current.items()
    }


def _pinned(current: Serving, new: str) -> Serving:
    return {
        part: {PINNED if version == new else version: weight for version, weight in shares.items()}
        for part, shares in current.items()
    }


def _segment_off(given: Assumed, measured: Measured, current: Serving) -> Plan:
    segment = measured.segment
    if segment is None:
        return Plan(given.kind, "segment off", current, given, "no segment stands out")
    serving = {**current, segment: {measured.versions.fallback: 1.0}}
    dimensions = given.segments
    blocked = ""
    if dimensions is not None and not any(segment.startswith(f"{d} ") for d in dimensions):
        blocked = f"options.segment_off.segments does not name {segment.split(' ')[0]}"
    return Plan(given.kind, f"{SEGMENT_OFF}{segment}", serving, given, blocked)


def _own(given: Assumed, measured: Measured, current: Serving) -> Plan:
    """An option that the team added: whom it lets serve, or what it turns away."""
    label = given.label or inert(given.kind.replace("_", " "), 30)
    if not given.serves:
        return Plan(given.kind, label, _less(current, given), given)
    known = {version for version, _ in measured.cells} | {measured.versions.fallback}
    unknown = [v for v in given.serves if v not in known and given.wrong_share is None]
    blocked = ""
    if unknown:
        blocked = f"nothing is known of {inert(unknown[0])}: set options.{given.kind}.wrong_share"
    return Plan(given.kind, label, _everywhere(measured, given.serves), given, blocked)
