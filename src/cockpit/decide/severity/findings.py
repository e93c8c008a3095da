"""What severity is judged by, and what a fact of the policy comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cockpit.config import Config
from cockpit.records import Assessment
from cockpit.state import State
from cockpit.views import Chart, Impact


@dataclass(frozen=True)
class Known:
    """Everything that is known at `assessment.at`; `charts` tell for how long something lasts."""

    assessment: Assessment
    impact: Impact
    state: State
    config: Config
    charts: Sequence[Chart] = ()


class Finding(NamedTuple):
    """A fact that is seen: what it is about, in words why, and what of it cannot be told."""

    about: str
    why: str
    unsure: str = ""
