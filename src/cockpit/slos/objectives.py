"""Promises as objectives, with the counters that tell them; where that is not honest, as panels.

A promise is an objective where its queries count a counter: then the same events are counted
here, its budget burns, and it has an interval. Of any other share the server tells one figure
after another. That is shown, and no objective is made of it: what is promised over a month does
not bound five minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cockpit.config import NO_ERROR
from cockpit.slos.promise import Left, Promise
from cockpit.slos.promql import Counted, counted, difference, rest

_RANGE = re.compile(r"\{\{\s*\.window\s*\}\}")  # Sloth's, in the place of a range
_SHOWN_OVER = "5m"
_MS = {"seconds": 1000.0, "milliseconds": 1.0, "ms": 1.0}  # a bound's unit, by the metric's name
_DIGITS = re.compile(r"\d+(\.\d+)?")


@dataclass
class Adopted:
    """What promises add to a configuration, as it is written there, and what was left out."""

    objectives: list[dict[str, str]] = field(default_factory=list)
    counters: dict[str, dict[str, str]] = field(default_factory=dict)
    panels: dict[str, dict[str, str]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def adopt(found: Iterable[Promise | Left], config: Mapping[str, Any], server: str = "") -> Adopted:
    """What the promises add to a configuration, which may count requests or errors already.

    `config` is its plain data; what is in it stays. `server` is asked for what they count.
    """
    adopted = Adopted()
    for one in found:
        if isinstance(one, Left):
            adopted.left.append(one)
            continue
        reason = _as_objective(one, adopted, config, server)
        if reason:
            _as_panel(one, reason, adopted, config, server)
    return adopted


def _as_objective(
    promise: Promise, adopted: Adopted, config: Mapping[str, Any], server: str
) -> str:
    """Add the objective and its counters; else in few words why there is none."""
    good, counters = _read(promise)
    if not good:
        return "its queries count no counter that could be counted here"
    names = [one["name"] for one in (*config.get("objectives", ()), *adopted.objectives)]
    if promise.name in names:
        return "there is an objective of that name"
    logged = (config.get("sources") or {}).get("predictions") or {}
    if logged.get("error" if good == NO_ERROR else "latency"):
        return "the prediction log tells that already, of its own rows"
    written = {
        name: {"series": str(counter)} | ({"server": server} if server else {})
        for name, counter in counters.items()
    }
    taken = {**config.get("counters", {}), **adopted.counters}
    other = [name for name, counter in written.items() if taken.get(name, counter) != counter]
    if other:
        return f"counters.{other[0]} counts something else"
    adopted.counters |= written
    target = f"{100.0 * promise.target:.10g}%"
    adopted.objectives.append(
        {"name": promise.name, "good": good, "target": target, "window": promise.window}
    )
    return ""


def _read(promise: Promise) -> tuple[str, dict[str, Counted]]:
    """What is good, as an objective says it, and the counters that tell it; empty where unclear."""
    total, bad = counted(promise.total), counted(promise.bad)
    if total is not None and bad is not None:
        return NO_ERROR, {"requests": total, "errors": bad}
    part = counted(promise.good)
    both = difference(promise.bad)
    if both is not None and both[0] == total:
        part = both[1]
    if total is None or part is None:
        return "", {}
    failed = rest(total, part)
    if failed is not None:
        return NO_ERROR, {"requests": total, "errors": failed}
    return _latency(total, part)


def _latency(total: Counted, fast: Counted) -> tuple[str, dict[str, Counted]]:
    """The promise of 'so many within a bound of the histogram that also counts the total'."""
    base, _, ending = fast.name.rpartition("_")
    unit, bound = base.rpartition("_")[2], fast.value_of("le")
    same = fast.without("le").matchers == total.without("le").matchers
    everything = total.name == f"{base}_count" or (
        total.name == fast.name and total.value_of("le") == "+Inf"
    )
    if ending != "bucket" or not same or not everything or unit not in _MS:
        return "", {}
    if not _DIGITS.fullmatch(bound):
        return "", {}
    good = f"latency <= {float(bound) * _MS[unit]:.10g}ms"
    return good, {"latency": fast.without("le")}


def _as_panel(
    promise: Promise, reason: str, adopted: Adopted, config: Mapping[str, Any], server: str
) -> None:
    name = re.sub(r"\W+", "_", promise.name.lower()).strip("_")[:40] or "promise"
    query = _RANGE.sub(_SHOWN_OVER, _share_of_bad(promise))
    if not query or name in {**config.get("panels", {}), **adopted.panels}:
        lacks = "its queries are not complete" if not query else "there is a panel of that name"
        adopted.left.append(
            Left(promise.place, promise.name, f"left out: {lacks}", promise.service)
        )
        return
    panel = {"query": query, "direction": "lower_is_better"}
    adopted.panels[name] = panel | ({"server": server} if server else {})
    said = f"shown as the panel {name}, without a budget: {reason}"
    adopted.left.append(Left(promise.place, promise.name, said, promise.service))


def _share_of_bad(promise: Promise) -> str:
    if promise.bad_share:
        return promise.bad_share.strip()
    good, bad, total = (text.strip() for text in (promise.good, promise.bad, promise.total))
    if bad and total:
        return f"({bad}) / ({total})"
    if good and total:
        return f"1 - ({good}) / ({total})"
    return f"({bad}) / (({good}) + ({bad}))" if good and bad else ""
