"""What a look at one sign found, and how a single estimate is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from cockpit import numbers
from cockpit.decide.facts.estimates import is_bad
from cockpit.records import Estimate
from cockpit.views import SignState

RISE = 0.5  # of the baseline: a figure that rose by less is not what woke anyone
SURE = 0.95  # probability from which a sign counts as seen, or its absence as seen


class Look(NamedTuple):
    """The state of a sign, and why in one sentence."""

    state: SignState
    why: str


def seen(why: str) -> Look:
    """It is there."""
    return Look("seen", why)


def not_seen(why: str) -> Look:
    """It was looked for with enough data to have been seen."""
    return Look("not seen", why)


def unknown(why: str) -> Look:
    """Nothing tells whether it is there."""
    return Look("not measurable", why)


def first_seen(looks: Iterable[Look], nothing: str) -> Look:
    """Seen if any is, not seen if all are not; else the first that could not be told."""
    every = list(looks)
    for state in ("seen", "not measurable"):
        found = next((look for look in every if look.state == state), None)
        if found is not None:
            return found
    return every[0] if every else unknown(nothing)


def worse(estimate: Estimate | None, nothing: str) -> Look:
    """Whether a figure is worse than its baseline.

    Seen where it was judged so, or where what is better low surely rose by half; not seen where it
    is fine, or where that surely did not.
    """
    if estimate is None or estimate.value is None:
        return unknown(nothing if estimate is None or not estimate.reason else estimate.reason)
    said = stated(estimate)
    if is_bad(estimate) or _rose(estimate) is True:
        return seen(said)
    if estimate.verdict == "fine" or _rose(estimate) is False:
        return not_seen(said)
    return unknown(f"{said}: too close to call" if estimate.baseline else f"{said}: no baseline")


def _rose(estimate: Estimate) -> bool | None:
    """Whether it surely rose by half of its baseline, or surely did not; null between."""
    base, change = estimate.baseline, estimate.difference
    if estimate.direction != "lower_is_better" or base is None or change is None:
        return None
    if not base.value or change.low is None or change.high is None:
        return None
    if change.low > RISE * base.value:
        return True
    return False if change.high < RISE * base.value else None


def stated(estimate: Estimate) -> str:
    """'wrong rate 5.94 % [5.46, 6.46] of 8,534, was 2.24 % (before 04:45)'."""
    said = f"{named(estimate)} {numbers.estimate_text(estimate)} of {estimate.n:,}"
    base = estimate.baseline
    if base is None or base.value is None:
        return said
    was = numbers.estimate_text(replace(estimate, value=base.value, low=None, high=None))
    return f"{said}, was {was} ({base.what})"


def named(estimate: Estimate) -> str:
    """'wrong rate', 'wrong rate of v42', 'wrong rate in region BR'."""
    return (
        estimate.name.replace("_", " ")
        + (f" of {estimate.version}" if estimate.version else "")
        + (f" in {estimate.segment}" if estimate.segment else "")
    )
