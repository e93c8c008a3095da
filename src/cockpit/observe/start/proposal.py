"""What is proposed for a configuration, why, and what could not be found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from cockpit.config import (
    Alertmanager,
    ChangeFeed,
    Config,
    Counters,
    Model,
    Panel,
    Predictions,
    Prometheus,
    Sources,
    Versions,
)
from cockpit.text import inert

LONGEST_NAME = 60
_LONGEST_WORDS = 300


class NotFound(NamedTuple):
    """What could not be had, and what to do about it."""

    what: str
    why: str
    mend: str = ""

    def line(self) -> str:
        """In one line: 'Queue, of dashboard vLLM: a table'."""
        return f"{self.what}: {self.why}" + (f"; {self.mend}" if self.mend else "")


@dataclass
class Proposal:
    """What one look proposes; every part of it adds what it found."""

    service: str = ""
    metrics: Prometheus | None = None
    alerts: Alertmanager | None = None
    predictions: Predictions | None = None
    changes: list[ChangeFeed] = field(default_factory=list)
    versions: Versions = field(default_factory=Versions)
    panels: dict[str, Panel] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    objectives: dict[str, str] = field(default_factory=dict)  # by panel: what may become one
    about: dict[str, list[str]] = field(default_factory=dict)  # said above a key: "panels.queue"
    found: list[str] = field(default_factory=list)
    missing: list[NotFound] = field(default_factory=list)

    def say(self, key: str, *words: str) -> None:
        """Say something above a key; texts may come from outside, and are made inert."""
        self.about.setdefault(key, []).extend(inert(each, _LONGEST_WORDS) for each in words if each)

    def lacks(self, what: str, why: str, mend: str = "") -> None:
        """Name something that could not be had."""
        self.missing.append(NotFound(*(inert(text, _LONGEST_WORDS) for text in (what, why, mend))))

    def add_panel(self, title: str, panel: Panel, *words: str) -> str:
        """Add a figure; its name, which is the title as a name, or that with a number behind it."""
        name = _unique(key(title), self.panels)
        self.panels[name] = panel
        self.say(f"panels.{name}", *words)
        return name

    def drop_panel(self, name: str) -> None:
        """Take a figure out again, with all that was said of it."""
        del self.panels[name]
        self.objectives.pop(name, None)
        self.about.pop(f"panels.{name}", None)

    def config(self) -> Config:
        """The configuration that is proposed."""
        return Config(
            service=self.service,
            model=Model(versions=self.versions),
            sources=Sources(
                metrics=self.metrics,
                predictions=self.predictions,
                alerts=self.alerts,
                changes=self.changes,
            ),
            panels=self.panels,
            counters=self.counters,
        )


def key(*titles: str) -> str:
    """Titles as a name of ours: 'E2E Request Latency', 'P99' → e2e_request_latency_p99."""
    plain = unicodedata.normalize("NFKD", " ".join(titles)).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if words and not words[0].isalpha():
        words = f"panel_{words}"
    return words[:LONGEST_NAME].strip("_") or "panel"


def _unique(name: str, taken: dict[str, Panel]) -> str:
    """The name, else with the first number behind it that is free."""
    found, n = name, 1
    while found in taken:
        n += 1
        found = f"{name}_{n}"
    return found
