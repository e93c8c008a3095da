"""Which version is the new one, which came before it, and what is left when neither serves."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.config import Config
from cockpit.state import State
from cockpit.tables import ABSENT


@dataclass(frozen=True)
class Versions:
    """Names; "" where there is none."""

    new: str
    previous: str
    fallback: str


def versions_of(serving: dict[str, float], state: State, config: Config) -> Versions:
    """From the configuration, else the last deploy recorded, else who serves most.

    `serving` has the version with the greatest share first.
    """
    named = config.model.versions
    served = [v for v in serving if v != ABSENT]
    deployed = [change.version for change in state.changes if change.kind == "deploy"]
    new = named.current or next((v for v in reversed(deployed) if v), "") or next(iter(served), "")
    others = {"", ABSENT, new, named.fallback}
    before = [v for v in (*serving, *reversed(deployed)) if v not in others]
    return Versions(new, named.previous or next(iter(before), ""), named.fallback)
