"""The servers of metrics in a configuration, as live sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.config import Counters, Prometheus
from cockpit.observe.live.prometheus.alerts import alerts_source
from cockpit.observe.live.prometheus.changes import changes_source
from cockpit.observe.live.prometheus.client import Client
from cockpit.observe.live.prometheus.counters import counters_source
from cockpit.observe.live.prometheus.panels import panels_source
from cockpit.observe.mapping import UNNAMED_VERSION
from cockpit.records import naming

if TYPE_CHECKING:
    from cockpit.config import Config
    from cockpit.observe.live.prometheus.grid import GridSource


def servers(config: Config) -> list[Prometheus]:
    """The servers of metrics, the one first that is meant where none is named."""
    named = config.sources.metrics
    return named if isinstance(named, list) else [named] if named else []


def prometheus_sources(config: Config) -> list[GridSource]:
    """What each server is asked for: panels, counters, changes and alerts, a source for each.

    Raises BadInput naming the key.
    """
    found: list[GridSource] = []
    for i, server in enumerate(servers(config)):
        with naming("sources.metrics" if len(servers(config)) == 1 else f"sources.metrics[{i}]"):
            found += _of_server(config, server, is_first=i == 0)
    return found


def _of_server(config: Config, server: Prometheus, *, is_first: bool) -> list[GridSource]:
    named = {server.name, ""} if is_first else {server.name}
    panels = {name: panel for name, panel in config.panels.items() if panel.server in named}
    counters = _counted(config, named)
    feeds = {
        f"changes[{i}]": feed
        for i, feed in enumerate(config.sources.changes)
        if feed.series and feed.server in named
    }
    client = Client(server)
    name, version = server.name, config.model.versions.current or UNNAMED_VERSION
    found = []
    if panels:
        found.append(panels_source(name, client, server, panels))
    if counters != Counters():
        found.append(counters_source(f"{name} counters", client, server, counters, version))
    if feeds:
        found.append(changes_source(f"{name} changes", client, server, feeds))
    if server.alerts and config.sources.alerts is None:
        found.append(alerts_source(f"{name} alerts", client, server))
    return found


def _counted(config: Config, named: set[str]) -> Counters:
    """The counters of a server, less what the prediction log tells: nothing is counted twice."""
    log, counters = config.sources.predictions, config.counters
    is_logged = log is not None and bool(log.path or log.ibis)
    here = {
        key: counter
        for key in ("requests", "errors", "latency")
        if (counter := getattr(counters, key)) is not None and counter.server in named
    }
    if log is not None and is_logged:
        here.pop("requests", None)
        if log.error:
            here.pop("errors", None)
        if log.latency:
            here.pop("latency", None)
    return Counters(**here)
