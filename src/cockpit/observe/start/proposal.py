"""What is proposed for a configuration, why, and what could not be found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from cockpit.config import ChangeFeed, Counter, Panel, Predictions

LONGEST_NAME = 60


class NamedPanel(NamedTuple):
    """A figure under the name it would have."""

    name: str
    panel: Panel
    about: tuple[str, ...] = ()  # said above it


class NamedCounter(NamedTuple):
    """One of `counters`: requests, errors, latency."""

    name: str
    counter: Counter
    about: tuple[str, ...] = ()


class NotFound(NamedTuple):
    """What could not be had, and what to do about it."""

    what: str
    why: str
    mend: str = ""

    def line(self) -> str:
        """In one line: 'Queue, of dashboard vLLM: a table'."""
        return f"{self.what}: {self.why}" + (f"; {self.mend}" if self.mend else "")


@dataclass(frozen=True)
class Proposal:
    """What one look proposes. Texts may come from outside: whoever writes them makes them inert."""

    panels: list[NamedPanel] = field(default_factory=list)
    counters: list[NamedCounter] = field(default_factory=list)
    changes: list[ChangeFeed] = field(default_factory=list)
    objectives: list[str] = field(default_factory=list)  # what may become one, as comments
    predictions: Predictions | None = None
    predictions_about: dict[str, str] = field(default_factory=dict)  # by key of the map
    versions: dict[str, str] = field(default_factory=dict)  # current, previous → version
    service: str = ""
    found: list[str] = field(default_factory=list)
    missing: list[NotFound] = field(default_factory=list)


def key(*titles: str) -> str:
    """Titles as a name of ours: 'E2E Request Latency', 'P99' → e2e_request_latency_p99."""
    plain = unicodedata.normalize("NFKD", " ".join(titles)).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if words and not words[0].isalpha():
        words = f"panel_{words}"
    return words[:LONGEST_NAME].strip("_") or "panel"


def unique(name: str, taken: set[str]) -> str:
    """The name, else with the first number behind it that is free; it is taken then."""
    found, n = name, 1
    while found in taken:
        n += 1
        found = f"{name}_{n}"
    taken.add(found)
    return found
