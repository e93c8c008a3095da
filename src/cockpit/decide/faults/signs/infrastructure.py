"""Signs in the service: errors, and latency that rose with load or with the new version."""

from __future__ import annotations

from cockpit import numbers
from cockpit.decide.facts.estimates import failing, find, is_bad
from cockpit.decide.faults.signs.look import (
    Look,
    first_seen,
    not_seen,
    seen,
    stated,
    unknown,
    worse,
)
from cockpit.records import Assessment, Monitor

_QUANTILES = ("latency_p99", "latency_p95", "latency_p50")
_SERVICE = (*_QUANTILES, "error_rate")
_MORE = 0.1  # of the requests before: load that rose by less is the same load
_FULL = 0.8  # saturation from which requests wait


def errors_up(facts: Assessment, new: str) -> Look:
    """Requests that fail: more than before, or one in twenty whatever it was.

    Where they are the new version's alone it is a sign of that version, not of the service.
    """
    alone = _alone(facts, new, ("error_rate",))
    if alone:
        return unknown(alone)
    many = failing(facts)
    if many is not None:
        return seen(stated(many))
    errors = worse(find(facts, "error_rate"), "errors are not recorded")
    return _or_alarm(errors, facts, ("error_rate",))


def latency_with_load(facts: Assessment, new: str) -> Look:
    """Latency rose, and so did the requests, or the workers are full.

    Not where another version answered as ever in the same minutes.
    """
    alone = _alone(facts, new, _QUANTILES)
    if alone:
        return not_seen(alone)
    slow = _slower(facts)
    if slow.state != "seen":
        return slow
    load, full = _load_rose(facts), _full(facts)
    for reason in (load, full):
        if reason.state == "seen":
            return seen(f"{slow.why}; {reason.why}")
    both = f"{slow.why}; {load.why}; {full.why}"
    is_known = load.state == full.state == "not seen"
    return not_seen(both) if is_known else unknown(both)


def latency_on_new(facts: Assessment, new: str) -> Look:
    """The new version is slower, or fails more, than another one at the same time."""
    against = [e for e in facts.versions if e.version == new]
    failing_more = next((e for e in against if e.name == "error_rate" and is_bad(e)), None)
    if failing_more is not None:
        return seen(stated(failing_more))
    slower = [e for e in against if e.name in _QUANTILES]
    slower.sort(key=lambda estimate: _QUANTILES.index(estimate.name))
    look = first_seen((worse(e, "") for e in slower), "no latency of two versions to compare")
    if look.state == "seen":
        return look
    alarms = (m for m in facts.monitors if m.name in _SERVICE and _compares(m, new))
    alarm = next((m for m in alarms if m.alarm_at is not None), None)
    return look if alarm is None else seen(alarm.sentence)


def _alone(facts: Assessment, new: str, names: tuple[str, ...]) -> str:
    """How the new version is worse and another one, which serves as well, is fine; "" if not."""
    for name in names:
        for estimate in facts.versions:
            if (estimate.name, estimate.version) != (name, new) or not is_bad(estimate):
                continue
            others = [
                e
                for e in facts.metrics
                if e.name == name and e.version not in (None, new) and e.verdict == "fine"
            ]
            if others:
                return f"{stated(estimate)}, and {stated(others[0])} is fine at the same time"
    return ""


def _slower(facts: Assessment) -> Look:
    quantiles = [find(facts, name) for name in _QUANTILES]
    look = first_seen((worse(e, "") for e in quantiles if e), "latency is not recorded")
    return _or_alarm(look, facts, _QUANTILES)


def _load_rose(facts: Assessment) -> Look:
    """Whether requests surely rose by a tenth, or surely did not."""
    requests = find(facts, "requests")
    if requests is None or requests.baseline is None or requests.difference is None:
        return unknown("how many requests there were before is not known")
    before, change, said = requests.baseline.value, requests.difference, stated(requests)
    if not before or change.low is None or change.high is None:
        return unknown(said)
    if change.low > 0.0 and change.value > _MORE * before:
        return seen(said)
    return not_seen(said) if change.high < _MORE * before else unknown(said)


def _full(facts: Assessment) -> Look:
    """Whether the workers of any version are full, by the gauge `saturation`."""
    gauges = [e for e in facts.metrics if e.name == "saturation" and e.value is not None]
    if not gauges:
        return unknown("no gauge saturation tells how full the workers are")
    fullest = max(gauges, key=lambda e: e.value or 0.0)
    of = f" of {fullest.version}" if fullest.version else ""
    said = f"saturation{of} {numbers.share(fullest.value or 0.0)}"
    return seen(said) if (fullest.value or 0.0) >= _FULL else not_seen(said)


def _or_alarm(look: Look, facts: Assessment, names: tuple[str, ...]) -> Look:
    """Seen also where the detector of "is it wrong now" of one of these figures sounded."""
    if look.state == "seen":
        return look
    detectors = (m for m in facts.monitors if m.id in names and m.run_length is not None)
    alarm = next((m for m in detectors if m.alarm_at is not None), None)
    return look if alarm is None else seen(alarm.sentence)


def _compares(monitor: Monitor, new: str) -> bool:
    """Whether it asks if the new version is worse than another."""
    return monitor.id.startswith(f"{monitor.name}@{new} against ")
