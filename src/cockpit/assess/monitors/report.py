"""All monitors of a moment: those of the fast tables, those of the slow ones, and both together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.assess.monitors.arm_monitors import rate_monitor, worse_in_anything
from cockpit.assess.monitors.difference_monitors import mean_monitors, ranking_monitors
from cockpit.assess.monitors.fast_rates import fast_rates
from cockpit.assess.monitors.gauge_monitors import gauge_monitors
from cockpit.assess.monitors.now_monitors import wrong_now
from cockpit.assess.monitors.slow_rates import slow_rates

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment
    from cockpit.assess.monitors.watched import Watched
    from cockpit.records import Monitor, Window


def fast_monitors(moment: Moment) -> list[Monitor]:
    """Errors and slow requests: made anew each second."""
    return _of_rates(moment, fast_rates(moment), moment.inputs.infra_window)


def slow_monitors(moment: Moment) -> list[Monitor]:
    """Wrong decisions, own rates and means, ranking, gauges: made when a slow bucket closes."""
    found = _of_rates(moment, slow_rates(moment), moment.inputs.quality_window)
    found += gauge_monitors(moment)
    pair = moment.arms
    if pair is None:
        return found
    return found + mean_monitors(moment, pair) + ranking_monitors(moment, pair)


def combined(moment: Moment, monitors: list[Monitor]) -> list[Monitor]:
    """These, after the one that says whether the canary is worse in anything at all."""
    pair = moment.arms
    if pair is None:
        return monitors
    return [*worse_in_anything(pair, monitors, moment.inputs.as_of_fast), *monitors]


def _of_rates(moment: Moment, rates: list[Watched], window: Window) -> list[Monitor]:
    """The canary against the control where two versions serve, then the service as it is now."""
    pair = moment.arms
    against = [rate_monitor(moment, pair, rate) for rate in rates] if pair is not None else []
    now = [wrong_now(moment, rate, window) for rate in rates]
    return [monitor for monitor in (*against, *now) if monitor is not None]
