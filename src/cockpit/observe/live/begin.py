"""The sources of a configuration, in the order in which they tell most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.observe.live.alertmanager.source import AlertmanagerSource
from cockpit.observe.live.feeds.opening import open_feed
from cockpit.observe.live.logs.source import LogSource
from cockpit.observe.live.prometheus.opening import prometheus_sources

if TYPE_CHECKING:
    from cockpit.incident.file import IncidentFile
    from cockpit.observe.live.source import Source
    from cockpit.services import ServiceConfig


def begin(service: ServiceConfig, file: IncidentFile, state_folder: Path) -> list[Source]:
    """Every source of a service, not asked yet. Raises BadInput where one cannot be set up."""
    named = service.config.sources
    found: list[Source] = [*prometheus_sources(service.config)]
    if named.alerts is not None:
        found.append(AlertmanagerSource(named.alerts))
    found += feeds_of(service, state_folder)
    if named.predictions is not None and (named.predictions.path or named.predictions.ibis):
        found.append(LogSource(service, file, state_folder))
    return found


def feeds_of(service: ServiceConfig, state_folder: Path) -> list[Source]:
    """The feeds of changes and reports, less the series of servers. Raises BadInput."""
    named = service.config.sources
    return [
        open_feed(f"{kind}[{i}]", feed, beside=service.folder, state_folder=state_folder)
        for kind, feeds in (("changes", named.changes), ("reports", named.reports))
        for i, feed in enumerate(feeds)
        if not feed.series
    ]
