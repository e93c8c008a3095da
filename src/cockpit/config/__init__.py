"""`cockpit.yaml` as typed settings, with every default in one place.

Durations, shares and conditions stay the strings people write; `cockpit.units` reads them where
they are used, and `check` reads each of them once so that a bad one is reported when the file is.
"""

from __future__ import annotations

from cockpit.config.base import Settings
from cockpit.config.checking import check
from cockpit.config.decisions import FAULTS, Decisions, Drifting, Faults
from cockpit.config.incident import IncidentSettings
from cockpit.config.model import (
    LATENCY,
    NO_ERROR,
    Harm,
    Model,
    Objective,
    ObjectivesFrom,
    Versions,
)
from cockpit.config.options import OPTIONS, Capacity, OptionSettings, Retries
from cockpit.config.people import Escalation, Owner, PagerDuty, Stakeholder
from cockpit.config.predictions import (
    Every,
    Features,
    Label,
    MetricColumn,
    NamedColumn,
    Predictions,
    Shadow,
)
from cockpit.config.root import DEFAULT_SEVERITY, Config
from cockpit.config.sources import (
    Alertmanager,
    Auth,
    Basic,
    ChangeFeed,
    Counter,
    Counters,
    EventKind,
    Panel,
    Prometheus,
    Secret,
    Sources,
)

__all__ = [
    "DEFAULT_SEVERITY",
    "FAULTS",
    "LATENCY",
    "NO_ERROR",
    "OPTIONS",
    "Alertmanager",
    "Auth",
    "Basic",
    "Capacity",
    "ChangeFeed",
    "Config",
    "Counter",
    "Counters",
    "Decisions",
    "Drifting",
    "Escalation",
    "EventKind",
    "Every",
    "Faults",
    "Features",
    "Harm",
    "IncidentSettings",
    "Label",
    "MetricColumn",
    "Model",
    "NamedColumn",
    "Objective",
    "ObjectivesFrom",
    "OptionSettings",
    "Owner",
    "PagerDuty",
    "Panel",
    "Predictions",
    "Prometheus",
    "Retries",
    "Secret",
    "Settings",
    "Shadow",
    "Sources",
    "Stakeholder",
    "Versions",
    "check",
]
