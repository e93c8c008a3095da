"""An experiment made by hand: four plans, and a verdict once criteria were written."""

from __future__ import annotations

from cockpit.records import MINUTE
from cockpit.views import Criteria, Experiment, ExperimentPlan, Figure, Guardrail, Verdict


def hand_experiment(at: int, labels: str, written: Criteria | None) -> Experiment:
    """Of wrong decisions in region BR; `labels` is added to every name from outside."""
    segment, control = f"region BR{labels}", f"v41{labels}"

    def plan(kind: str, label: str, rows: int | None, minutes: float | None) -> ExperimentPlan:
        criteria = Criteria(
            kind=kind,  # type: ignore[arg-type]
            metric="wrong_rate",
            segment=segment,
            control=control,
            baseline=0.021,
            margin=0.01,
            rows=rows or 1,
            latest=90 * MINUTE,
            guardrails=[Guardrail(name="error_rate", limit=0.005, text="0.5 % failed")],
            sentences=[
                f"pass: wrong decisions in {segment} surely less than 1 point above {control}",
                "fail: surely more than that",
                "fail: surely more than 0.50 % of its requests failed",
                "undecided 90 min after it began, it is not proven",
            ],
        )
        exposed = 0.0 if kind in ("shadow", "probes") else 0.1
        return ExperimentPlan(
            kind=criteria.kind,
            label=label,
            rows=rows,
            control_rows=rows,
            minutes=minutes,
            minutes_at_most=None if minutes is None else 2 * minutes,
            exposed=Figure(text="18,974" if exposed else "none", value=exposed),
            exposed_users=Figure(text="10 %" if exposed else "0 %", value=exposed),
            tells=f"what {label} shows",
            cannot=f"what {label} cannot show",
            blocked="" if rows else "a ranking needs real scores",
            reason="it exposes few",
            criteria=criteria if rows else None,
        )

    verdict = None
    if written is not None:
        verdict = Verdict(
            criteria=written,
            word="keep learning",
            reason="sure of nothing yet; at most about 12 min more at this rate",
            sentences=[f"v43{labels}: 12 wrong decisions of 402, 3 %"],
        )
    return Experiment(
        at=at,
        metric="wrong_rate",
        segment=segment,
        stake=f"wrong decisions in {segment}: 46 % now, 2.1 % in the baseline",
        traffic="4,410 requests a minute, 413 a minute judged there",
        plans=[
            plan("shadow", "shadow", 1_446, 12.0),
            plan("canary", "canary 10 %", 1_454, 43.0),
            plan("ab", "A/B 50 %", 2_890, 15.0),
            plan("probes", "probes", None, None),
        ],
        notes=["1,490 labelled rows, and borrowed from the other segments"],
        verdict=verdict,
    )
