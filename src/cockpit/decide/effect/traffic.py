"""Whether traffic is as an option makes it, and since when: whoever moved it, by whatever means.

Steps are looked at from the last one back. A share may differ from the aim by a little, and by what
chance may do in so few requests; the steps that do not differ more than that are the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.assess.service.serving import ENOUGH, Serving
from cockpit.records import MINUTE
from cockpit.views import Aim

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

BEFORE = 5 * MINUTE  # of traffic before a moment, to know what changed at it
NEAR = 0.05  # share of requests by which the serving may differ from the aim
KEPT = 0.5  # of the fall in requests that is aimed at
_CHANCE = 3.0  # standard errors of what chance may do in a step
NAMED = 3  # versions said to serve


def since(aim: Aim, traffic: Serving, moment: int) -> int | None:
    """When traffic began to be as aimed and stayed so, µs; null where it is not so at the end.

    `moment` is when the option was chosen: how many requests there were before it tells how many
    are turned away after it.
    """
    before = traffic.starts < moment
    if aim.shed > 0.0:
        return _since_fewer(1.0 - KEPT * aim.shed, traffic, before)
    if aim.shadow:
        return _begin(traffic.of(aim.shadow) > 0, traffic)
    begun = _as_wanted({**dict.fromkeys(traffic.versions, 0.0), **aim.serves}, traffic)
    if begun is None and aim.segment:
        return _since_fewer(NEAR, traffic, before)  # it sends nothing any more
    return begun


def moved(aim: Aim, traffic: Serving, moment: int) -> int | None:
    """The same, but null where traffic was so already at `moment`: then it shows nothing."""
    begun = since(aim, traffic, moment)
    return begun if begun is not None and begun >= moment else None


def left(version: str, traffic: Serving, moment: int) -> int | None:
    """Since when a version that served at `moment` serves nobody, µs; null where it still does."""
    begun = _as_wanted({version: 0.0}, traffic)
    return begun if begun is not None and begun >= moment else None


def words(traffic: Serving) -> str:
    """Who serves at the end: 'v42 serves 90 %, v41 10 %'."""
    latest = traffic.starts >= traffic.starts[-1] - MINUTE if traffic.starts.size else []
    rows = traffic.requests[:, latest].sum(axis=1).tolist()
    total = sum(rows)
    if not total:
        return "there are no requests"
    most = sorted(zip(rows, traffic.versions, strict=True), reverse=True)[:NAMED]
    (first, version), *others = [(n / total, v) for n, v in most if n]
    rest = "".join(f", {name} {numbers.share(share)}" for share, name in others)
    return f"{version} serves {numbers.share(first)}{rest}"


def _as_wanted(wanted: Mapping[str, float], traffic: Serving) -> int | None:
    """Since when each version serves the share that is wanted of it, step by step and on the whole.

    The whole counts too: in steps of few requests, chance may do almost anything.
    """
    begun = _begin(_near(wanted, traffic, traffic.requests), traffic)
    if begun is None:
        return None
    whole = traffic.requests[:, traffic.starts >= begun].sum(axis=1, keepdims=True)
    return begun if _near(wanted, traffic, whole).all() else None


def _near(wanted: Mapping[str, float], traffic: Serving, requests: Ints) -> Mask:
    """Columns of `requests` (versions, columns) in which shares are as wanted, but for chance."""
    total = requests.sum(axis=0)
    rows = np.maximum(total, 1)
    near: Mask = total >= 0
    for version, share in wanted.items():
        known = version in traffic.versions
        served = requests[traffic.versions.index(version)] if known else np.zeros_like(total)
        likely = min(max(share, NEAR), 1.0 - NEAR)
        allowed = NEAR + _CHANCE * np.sqrt(likely * (1.0 - likely) / rows)
        near &= np.abs(served / rows - share) <= allowed
    near |= total == 0  # of a step without requests nothing can be said
    return near


def _begin(right: Mask, traffic: Serving) -> int | None:
    """Where the run of right steps at the end begins; null where it has too few requests."""
    wrong = np.flatnonzero(~right)
    first = int(wrong[-1]) + 1 if wrong.size else 0
    if traffic.total[first:].sum() < ENOUGH:
        return None
    return int(traffic.starts[first])


def _since_fewer(most: float, traffic: Serving, before: Mask) -> int | None:
    """Since when there are at most that share of the requests that there were before.

    As many must be missing as it takes to tell that from chance (Poisson).
    """
    usual = float(traffic.total[before].mean()) if before.any() else 0.0
    wrong = np.flatnonzero(traffic.total > usual * most)
    first = int(wrong[-1]) + 1 if wrong.size else 0
    expected = (traffic.starts.size - first) * usual
    return int(traffic.starts[first]) if expected * (1.0 - most) ** 2 >= _CHANCE**2 else None
