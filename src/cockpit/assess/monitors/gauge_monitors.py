"""Is a gauge out of its own order now: what has no interval is compared by rank over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.rank_detector import FEWEST, RUN_LENGTH, THRESHOLD, Episode, watch
from cockpit.assess.service.gauges import Gauge, gauges
from cockpit.assess.service.latency import QUANTILES
from cockpit.assess.slices import Subject
from cockpit.records import Monitor
from cockpit.text import inert
from cockpit.units import clock_near, duration

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment
    from cockpit.assess.inputs import Inputs

_AT_MOST = 12  # gauges: each costs some 3 ms in a history of six hours


def gauge_monitors(moment: Moment) -> list[Monitor]:
    """An e-detector for each gauge of the service or of a version, those with a promise first.

    What counts tell better is left out, and of more than twelve gauges the rest. Evidence changes
    once a minute at most, so these belong to what is made when a slow bucket closes.
    """
    counted = _counted(moment.inputs)
    about = [g for g in gauges(moment.inputs.series, ()) if g.name not in counted]
    promised = sorted(about, key=lambda gauge: gauge.name not in moment.bounds)
    found = (_monitor(moment, gauge) for gauge in promised[:_AT_MOST])
    return [monitor for monitor in found if monitor is not None]


def _counted(inputs: Inputs) -> set[str]:
    """Figures of the service that the history has counts of."""
    names = {"requests", "error_rate"} if len(inputs.history.get("traffic", ())) else set()
    return names.union(QUANTILES) if len(inputs.history.get("latency", ())) else names


def _monitor(moment: Moment, gauge: Gauge) -> Monitor | None:
    """The monitor of one gauge; null where its past is too short to rank a reading in."""
    window = moment.inputs.history_window
    times, values = moment.inputs.series[gauge.series]
    inside = (times >= window.start) & (times < window.end)
    seen = watch(times[inside], values[inside])
    if len(seen.times) <= FEWEST:
        return None
    past = duration(int(seen.times[-1] - seen.times[0]))
    now = [episode for episode in seen.episodes if episode.end is None]
    subject = Subject(version=None if gauge.version is None else inert(gauge.version))
    name = inert(gauge.name)
    return Monitor(
        id=subject.identity(name),
        name=name,
        kind="e-detector",
        null=f"neither higher nor lower than in its last {past}",
        evidence=float(seen.evidence[-1]),
        threshold=THRESHOLD,
        start=int(seen.times[0]),
        run_length=RUN_LENGTH * int(np.median(np.diff(seen.times))),
        alarm_at=min((episode.start for episode in now), default=None),
        n=len(seen.times),
        sentence=f"{inert(gauge.series)}: {_said(now, seen.episodes, past, moment.inputs.at)}",
        source=f"gauge {inert(gauge.series)}",
    )


def _said(now: list[Episode], episodes: list[Episode], past: str, at: int) -> str:
    if now:
        return f"{now[0].side} than in its last {past}, since {clock_near(now[0].start, at)}"
    ended = [(episode.end, episode) for episode in episodes if episode.end is not None]
    if not ended:
        return f"not sure that it differs from its last {past}"
    end, last = max(ended, key=lambda pair: pair[0])
    return f"as usual now, {last.side} from {clock_near(last.start, at)} to {clock_near(end, at)}"
