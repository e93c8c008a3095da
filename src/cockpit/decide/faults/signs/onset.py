"""Signs in time: which kind of recorded change the onset fits."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.decide.faults.signs.look import Look, not_seen, seen, unknown
from cockpit.text import inert
from cockpit.units import clock
from cockpit.views import Change


def fits(changes: Sequence[Change], kind: str) -> Look:
    """Whether the change that fits the onset best is of this kind.

    Another kind that fits, but less well, stays open: two changes of one minute are one release.
    So does a kind of which nothing is recorded: what others changed is often heard of late.
    """
    if not changes:
        return unknown("no change is recorded")
    if all(change.fit == "onset unknown" for change in changes):
        return unknown("when it began is not known")
    ours = [change for change in changes if change.kind == kind]
    best = next((c for c in changes if c.fit == "best fit"), None)
    for change in ours:
        if change.fit == "best fit":
            return seen(f"{_said(change)} fits best")
    for change in ours:
        if change.fit == "fits":
            better = "" if best is None else f", {_said(best)} fits better"
            return unknown(f"{_said(change)} fits{better}")
    if not ours:
        return unknown(f"no {kind} among the {len(changes)} changes recorded so far")
    last = max(ours, key=lambda change: change.at)
    return not_seen(f"{_said(last)}: {last.fit}")


def _said(change: Change) -> str:
    return f"{change.kind} {clock(change.at)} {inert(change.text)}"
