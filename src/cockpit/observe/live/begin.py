"""The sources of a configuration, in the order in which they tell most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.observe.live.feeds.opening import open_feed

if TYPE_CHECKING:
    from cockpit.incident.file import IncidentFile
    from cockpit.observe.live.source import Source
    from cockpit.services import ServiceConfig


def begin(service: ServiceConfig, file: IncidentFile, state_folder: Path) -> list[Source]:
    """Every source of a service, not asked yet. Raises BadInput where one cannot be set up."""
    named = service.config.sources
    found: list[Source] = []
    for kind, feeds in (("changes", named.changes), ("reports", named.reports)):
        found += [
            open_feed(f"{kind}[{i}]", feed, beside=service.folder, state_folder=state_folder)
            for i, feed in enumerate(feeds)
            if not feed.series
        ]
    return found
