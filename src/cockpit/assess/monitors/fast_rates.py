"""The rates that are watched each second: errors, and requests over the promised latency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.baseline import source
from cockpit.assess.estimates import Compared
from cockpit.assess.methods.intervals import wilson
from cockpit.assess.monitors.watched import Watched, fast_steps, good_and_bad
from cockpit.assess.objectives import Bound
from cockpit.assess.service.latency import QUANTILES, slower_than
from cockpit.assess.service.traffic import asked, error_rate, requests_and_errors

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment


def fast_rates(moment: Moment) -> list[Watched]:
    """Those there are counts of."""
    return _errors(moment) + _slow_requests(moment)


def _errors(moment: Moment) -> list[Watched]:
    counts = moment.inputs.history.get("traffic")
    if counts is None or len(counts) == 0:
        return []
    requests = asked(counts)
    if requests.all() and not moment.inputs.errors_recorded:
        return []  # errors are not recorded
    steps = fast_steps(moment)
    base = source(moment.inputs, "traffic", moment.begun)
    before = error_rate(*requests_and_errors(base.counts, base.mask)) if base else None
    n, bad = good_and_bad(counts, steps, ~requests)
    return [
        Watched(
            name="error_rate",
            what="errors",
            worse="fails more often",
            source="traffic",
            steps=steps,
            versions=counts.words["version"],
            bad=np.minimum(bad, n),
            judged=n,
            asked=n,
            base=Compared(base.what, before) if base and before else None,
            bound=moment.bounds.get("error_rate"),
        )
    ]


def _slow_requests(moment: Moment) -> list[Watched]:
    """Requests over the latency of the promise on the highest quantile, where there is one."""
    counts = moment.inputs.history.get("latency")
    promised = next((name for name in reversed(QUANTILES) if name in moment.bounds), None)
    if counts is None or len(counts) == 0 or promised is None:
        return []
    limit = moment.bounds[promised].limit
    steps = fast_steps(moment)
    good, bad = good_and_bad(counts, steps, slower_than(counts.columns["bin"], limit))
    return [
        Watched(
            name=promised,
            what=f"requests over {limit:.0f} ms",
            worse="is slow more often",
            source="latency",
            steps=steps,
            versions=counts.words["version"],
            bad=bad,
            judged=good + bad,
            asked=good + bad,
            base=_slow_before(moment, limit),
            bound=Bound(1.0 - QUANTILES[promised], at_least=False),
        )
    ]


def _slow_before(moment: Moment, limit: float) -> Compared | None:
    base = source(moment.inputs, "latency", moment.begun)
    if base is None:
        return None
    n, slow = base.counts.columns["n"], slower_than(base.counts.columns["bin"], limit)
    every = np.ones(len(n), dtype=np.bool_) if base.mask is None else base.mask
    return Compared(base.what, wilson(int(n[every & slow].sum()), int(n[every].sum())))
