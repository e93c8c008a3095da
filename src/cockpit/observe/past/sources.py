"""The sources of a configuration that hold a past, less those a person leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cockpit.observe.live.begin import feeds_of
from cockpit.observe.live.prometheus.opening import prometheus_sources, servers
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import nearest

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from cockpit.config import Config
    from cockpit.observe.live.source import Source
    from cockpit.services import ServiceConfig

PREDICTIONS, CHANGES, REPORTS = "predictions", "changes", "reports"  # as --without names them


def check_left_out(config: Config, without: Collection[str]) -> None:
    """Raises BadInput for a name that is no source of the configuration."""
    sources = config.sources
    known = [server.name for server in servers(config)]
    named = {PREDICTIONS: sources.predictions, CHANGES: sources.changes, REPORTS: sources.reports}
    known += [name for name, block in named.items() if block]
    for name in without:
        if name not in known:
            near = nearest(name, known) or f"there are: {', '.join(map(inert, known)) or 'none'}"
            raise BadInput(f"--without: no source is called '{inert(name, 60)}'; {near}")


def past_sources(
    service: ServiceConfig, state_folder: Path, without: Collection[str]
) -> list[Source]:
    """Servers of metrics and feeds, not asked yet. Raises BadInput where one cannot be set up.

    An Alertmanager knows of alerts only while they fire: those of the servers' own rules are
    asked for instead.
    """
    config = service.config
    logged = None if PREDICTIONS in without else config.sources.predictions
    config = replace(config, sources=replace(config.sources, alerts=None, predictions=logged))
    found: list[Source] = [*prometheus_sources(config), *feeds_of(service, state_folder)]
    return [source for source in found if not _is_left_out(source.name, without)]


def _is_left_out(name: str, without: Collection[str]) -> bool:
    """Whether a source, "metrics alerts" or "changes[0]", is one of these or a part of one."""
    return any(name == left or name.startswith((f"{left} ", f"{left}[")) for left in without)
