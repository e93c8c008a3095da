"""How much is asked and how often it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.intervals import poisson, wilson
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.records import SECOND, Counts, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARTS = 30  # of a window, to see how evenly requests come
_UNEVEN = 2.0  # from which it is said: by chance one window in a thousand has it


def requests_and_errors(
    counts: Counts | None, mask: NDArray[np.bool_] | None = None
) -> tuple[int, int]:
    """Requests (kind "") and errors of any kind in a `traffic` table."""
    if counts is None or len(counts) == 0:
        return 0, 0
    requests = asked(counts)
    n = counts.columns["n"]
    if mask is not None:
        requests, n = requests[mask], n[mask]
    return int(n[requests].sum()), int(n[~requests].sum())


def asked(counts: Counts) -> NDArray[np.bool_]:
    """Which rows of a `traffic` table count requests; the others count errors."""
    words = counts.words["kind"]
    code = words.index("") if "" in words else -1
    mask: NDArray[np.bool_] = counts.columns["kind"] == code
    return mask


def error_rate(requests: int, errors: int) -> Measurement:
    """Errors per request, Wilson interval; more errors than requests is a fault of the counts."""
    if errors > requests:
        return unmeasured("more errors than requests", requests)
    return wilson(errors, requests, "no requests")


def requests_per_second(requests: int, window: Window, uneven: float = 1.0) -> Measurement:
    """Requests per second over the window, Gamma–Poisson interval; `uneven`: see `unevenness`."""
    found = poisson(requests, (window.end - window.start) / SECOND, "no time", uneven)
    if requests == 0 and found.value is not None:
        return replace(found, note="no requests")
    if uneven > _UNEVEN:
        return replace(found, note=f"arrivals {uneven:,.0f}× as uneven as by chance")
    return found


def unevenness(history: Counts | None, window: Window) -> float:
    """Variance of the requests in equal parts of the window over their mean; 1 at least.

    It is 1 where requests come independently (Poisson). A part is a thirtieth of the window, long
    enough for a burst of seconds to fall into one (batch means; Conway 1963). Errors per request
    are not treated so: a rise of errors inside the window would widen its own interval.
    """
    if history is None or len(history) == 0 or window.end <= window.start:
        return 1.0
    valid = history.columns["valid"]
    kept = asked(history) & (valid >= window.start) & (valid < window.end)
    step = (valid[kept] - window.start) * _PARTS // (window.end - window.start)
    n = np.bincount(step, history.columns["n"][kept], _PARTS)
    mean = float(n.mean())
    return max(float(n.var(ddof=1)) / mean, 1.0) if mean > 0 else 1.0
