"""How much is asked and how often it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.assess.intervals import poisson, wilson
from cockpit.assess.measurement import Measurement, unmeasured
from cockpit.records import SECOND, Counts, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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


def requests_per_second(requests: int, window: Window) -> Measurement:
    """Requests per second over the window, Gamma–Poisson interval."""
    return poisson(requests, (window.end - window.start) / SECOND, "no time")
