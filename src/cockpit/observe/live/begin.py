"""The sources of a configuration, in the order in which they tell most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cockpit.incident.file import IncidentFile
    from cockpit.observe.live.source import Source
    from cockpit.services import ServiceConfig


def begin(service: ServiceConfig, file: IncidentFile, state_folder: Path) -> list[Source]:
    """Every source of a service, not asked yet. Raises BadInput where one cannot be set up."""
    return []
