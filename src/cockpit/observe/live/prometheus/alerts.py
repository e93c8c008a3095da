"""Alerts that a server's own rules fire, from the series ALERTS: when each began and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.observe.events_file import ENDED, RecordedEvent
from cockpit.observe.live.prometheus.grid import GridSource, Stretch, grid_step
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.config import Prometheus
    from cockpit.observe.live.prometheus.client import Client
    from cockpit.records import Window

FIRING = 'ALERTS{alertstate="firing"}'
_MOST = 50  # of one stretch: more are a storm, of which this many tell enough
_LONGEST = 300  # characters of what is said of one


def alerts_source(name: str, client: Client, settings: Prometheus) -> GridSource:
    """The source of the alerts of one server."""
    step = grid_step(settings)

    async def read(stretch: Window) -> Stretch:
        matrix = await client.query_range(FIRING, stretch.start, stretch.end, step)
        events = []
        for series in matrix.series:
            fires = set(series.at.tolist())
            text = _words(series.labels)
            for at in sorted(fires | {time + step for time in fires}):
                if not stretch.start < at <= stretch.end or (at in fires) == (at - step in fires):
                    continue
                if at in fires:
                    events.append(RecordedEvent(at, at, "alert", text, {}))
                else:
                    events.append(RecordedEvent(at, at, ENDED, f"{text} no longer fires", {}))
        events.sort(key=lambda event: (event.at, event.text))
        if len(events) > _MOST:
            return Stretch(events=events[:_MOST], warning=f"{len(events)} alerts, {_MOST} kept")
        return Stretch(events=events, warning=matrix.warning)

    return GridSource(name, client, settings, {"rules": read}, counts=False)


def _words(labels: dict[str, str]) -> str:
    """'HighErrorRate (critical): region=BR'."""
    named = {"__name__", "alertname", "alertstate", "severity"}
    severity = labels.get("severity", "")
    rest = ", ".join(f"{key}={word}" for key, word in sorted(labels.items()) if key not in named)
    text = labels.get("alertname", "an alert without a name")
    text += f" ({severity})" if severity else ""
    return inert(f"{text}: {rest}" if rest else text, _LONGEST)
