"""The one call: everything a session fetched for a moment, to every figure about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.assess.drift_report import drifts
from cockpit.assess.estimates import Dresser
from cockpit.assess.infra import infra_estimates
from cockpit.assess.model import quality_estimates
from cockpit.assess.segment_report import segment_estimates
from cockpit.assess.signals import find_onset
from cockpit.assess.team import team_estimates, user_estimates
from cockpit.records import Assessment

if TYPE_CHECKING:
    from cockpit.assess.inputs import Inputs


def assess(inputs: Inputs) -> Assessment:
    """Every metric, drift and segment figure at one moment; one that cannot be had says why."""
    begun = find_onset(inputs)
    dresser = Dresser(inputs, begun)
    team = team_estimates(dresser)
    return Assessment(
        at=inputs.at,
        as_of=inputs.as_of_slow,
        window=inputs.quality_window,
        metrics=[
            *infra_estimates(dresser),
            *quality_estimates(dresser),
            *user_estimates(dresser),
            *(e for e in team if e.segment is None),
        ],
        drift=drifts(dresser),
        segments=[*segment_estimates(dresser), *(e for e in team if e.segment is not None)],
        notes=[] if begun is None else [begun.sentence],
    )
