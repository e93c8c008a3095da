"""Objectives as numbers: the bound on latency that a configuration promises."""

from __future__ import annotations

import re

from cockpit.config import Config
from cockpit.records import BadInput
from cockpit.units import parse_duration

_LATENCY = re.compile(r"\s*latency\s*<=?\s*(?P<bound>.+?)\s*")


def latency_bound(config: Config) -> float | None:
    """The latency a good request stays within, ms; null where no objective says."""
    for objective in config.objectives:
        match = _LATENCY.fullmatch(objective.good)
        if match is None:
            continue
        try:
            return parse_duration(match["bound"]) / 1_000
        except BadInput:
            return None
    return None
