"""The ledger: every sign, as it is measured or as a person says it is, and how it counts."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.config import Config
from cockpit.decide.facts.measured import measured
from cockpit.decide.faults import ratios
from cockpit.decide.faults.signs.features import feature_drifted, many_drifted
from cockpit.decide.faults.signs.infrastructure import errors_up, latency_on_new, latency_with_load
from cockpit.decide.faults.signs.look import Look
from cockpit.decide.faults.signs.onset import fits
from cockpit.decide.faults.signs.quality import calibration_off, labels_immature, quality_degraded
from cockpit.decide.faults.signs.versions import only_new_worse, shadow_disagrees, versions_alike
from cockpit.records import Assessment
from cockpit.signs import SIGNS
from cockpit.state import EvidenceCall, State
from cockpit.views import Change, Sign, SignState


def ledger(
    assessment: Assessment, changes: Sequence[Change], state: State, config: Config
) -> list[Sign]:
    """Every sign of `cockpit.signs`, in its order, with the ratios as they count.

    `changes` are the recorded ones with how well each fits the onset. What a person says of a sign
    counts instead of what is measured, which stays in `why`.
    """
    looks = _looks(assessment, changes, state, config)
    return counted({sign: looks[sign] for sign in SIGNS}, state.evidence, config)


def counted(looks: dict[str, Look], said: dict[str, EvidenceCall], config: Config) -> list[Sign]:
    """The signs as they count: overridden where a person says so, softened where they overlap."""
    states: dict[str, SignState] = {
        sign: said[sign].state if sign in said else look.state for sign, look in looks.items()
    }
    softened = ratios.to_soften(states, config)
    found = []
    for sign, look in looks.items():
        factors = ratios.factors(sign, states[sign], config)
        call = said.get(sign)
        found.append(
            Sign(
                id=sign,
                text=SIGNS[sign],
                state=states[sign],
                why=look.why if call is None else f"measured: {look.state}, {look.why}",
                ratios=ratios.soften(factors) if sign in softened else factors,
                softened=sign in softened,
                overridden=call is not None,
                reason="" if call is None else call.reason,
            )
        )
    return found


def _looks(
    assessment: Assessment, changes: Sequence[Change], state: State, config: Config
) -> dict[str, Look]:
    facts = measured(assessment, state, config)
    return {
        "quality_degraded": quality_degraded(assessment),
        "only_new_worse": only_new_worse(assessment, facts),
        "versions_alike": versions_alike(facts),
        "feature_drifted": feature_drifted(assessment),
        "many_drifted": many_drifted(assessment),
        "shadow_disagrees": shadow_disagrees(assessment),
        "latency_with_load": latency_with_load(assessment, facts.versions.new),
        "latency_on_new": latency_on_new(assessment, facts.versions.new),
        "errors_up": errors_up(assessment, facts.versions.new),
        "fits_deploy": fits(changes, "deploy"),
        "fits_data_change": fits(changes, "schema"),
        "fits_traffic": fits(changes, "traffic"),
        "calibration_off": calibration_off(assessment),
        "labels_immature": labels_immature(assessment),
    }
