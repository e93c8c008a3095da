"""How much is kept, and what opens an incident."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from cockpit.config.base import Settings


class IncidentSettings(Settings, kw_only=True):
    """How much is kept, and what opens an incident."""

    look_back: str = "6h"  # how far back charts and the search for the onset look
    keep: str = "7d"  # how long a rolling recording is kept
    every: str = "10s"  # how often what was found is written, and so can be seen
    # which events open an incident, where none is open
    declare_on: list[Literal["page", "alert"]] = field(default_factory=lambda: ["page", "alert"])
