"""One `cockpit.yaml`: its blocks, put together."""

from __future__ import annotations

from typing import Any

from msgspec import field

from cockpit.config.base import Settings
from cockpit.config.decisions import Decisions, Drifting, Faults
from cockpit.config.incident import IncidentSettings
from cockpit.config.model import Model, Objective, ObjectivesFrom
from cockpit.config.options import OptionSettings, Retries
from cockpit.config.people import Escalation, Owner, Stakeholder
from cockpit.config.sources import Counters, Panel, Sources

DEFAULT_SEVERITY = "default"  # the policy that comes with cockpit


class Config(Settings, kw_only=True):
    """One `cockpit.yaml`."""

    service: str = ""  # what people call the service; empty: that of the map
    owner: Owner = field(default_factory=Owner)  # whose service it is
    timezone: str = "UTC"  # shown beside UTC: Europe/Berlin
    # a service that its users cannot do without: the severity policy counts its failures for more
    tier1: bool = False
    severity: str = DEFAULT_SEVERITY  # or a file beside this one: a severity policy of your own
    model: Model = field(default_factory=Model)  # the model behind the service
    objectives: list[Objective] = []  # what was promised
    objectives_from: list[ObjectivesFrom] = []  # and what files of OpenSLO and Sloth promise
    sources: Sources = field(default_factory=Sources)  # where facts come from
    # figures that a server computes, by the name they have here: latency_p99, saturation, …
    panels: dict[str, Panel] = {}
    counters: Counters = field(default_factory=Counters)  # what is counted from metrics
    # several services in one file: what each has of its own; the rest of the file holds for all
    services: dict[str, dict[str, Any]] = {}
    options: dict[str, OptionSettings] = {}  # by option: rollback, canary, …, or a team's own name
    retries: Retries | None = None  # how callers try again
    faults: Faults = field(default_factory=Faults)  # what may be wrong
    decisions: Decisions = field(default_factory=Decisions)  # what a decision takes for given
    drift: Drifting = field(default_factory=Drifting)  # when drift may be said
    tolerance: str = "10%"  # of the baseline, where no objective says otherwise
    incident: IncidentSettings = field(default_factory=IncidentSettings)  # how much is looked at
    # what must hold whatever a model gains; the briefing says so
    guarantees: list[str] = field(default_factory=lambda: ["safety", "availability"])
    stakeholders: dict[str, Stakeholder] = {}  # who is asked for what, by one key
    escalation: Escalation = field(default_factory=Escalation)  # who is called
    glossary: dict[str, str] = {}  # not read yet: the team's own words
