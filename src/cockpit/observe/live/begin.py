"""The sources of a configuration, in the order in which they tell most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    for kind, feeds in (("changes", named.changes), ("reports", named.reports)):
        found += [
            open_feed(f"{kind}[{i}]", feed, beside=service.folder, state_folder=state_folder)
            for i, feed in enumerate(feeds)
            if not feed.series
        ]
    if named.predictions is not None and named.predictions.path:
        found.append(LogSource(service, file, state_folder))
    return found
