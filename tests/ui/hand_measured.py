"""The measured panes of the view made by hand: model and infra, moving with the clock."""

from __future__ import annotations

import math

from cockpit.records import MINUTE, SECOND, Baseline, Difference, Drift, Estimate, Window
from cockpit.units import parse_instant
from cockpit.views import Change, Chart, InfraPane, ModelPane

START = parse_instant("2026-11-03T02:30:00Z")
ONSET = START + 18 * MINUTE
PAGED = START + 20 * MINUTE
END = START + 60 * MINUTE
OPENS = START + 21 * MINUTE + 10 * SECOND


def estimate(name: str, value: float | None, at: int, **more: object) -> Estimate:
    window = Window(start=at - 60 * MINUTE, end=at)
    return Estimate(  # type: ignore[arg-type]
        id=f"{name}:v42", name=name, value=value, window=window, as_of=at, taken_at=at, **more
    )


def chart(
    name: str,
    title: str,
    unit: str,
    at: int,
    rise: float,
    level: float,
    limit: float | None,
) -> Chart:
    start = at - 40 * MINUTE
    start -= start % MINUTE
    points: list[float | None] = []
    for minute in range((at - start) // MINUTE + 1):
        when = start + minute * MINUTE
        late = max(0.0, (when - ONSET) / (10 * MINUTE))
        points.append(level + rise * min(1.0, late) + 0.02 * abs(rise) * math.sin(minute))
    return Chart(
        name=name,
        title=title,
        unit=unit,
        step=MINUTE,
        start=start,
        points=points,
        threshold=limit,
    )


def model_pane(at: int, labels: str) -> ModelPane:
    e, wave = estimate, math.sin(at / SECOND / 7)
    return ModelPane(
        versions=[("v42" + labels, 0.9), ("v41", 0.1)],
        metrics=[
            e(
                "precision",
                0.812 + 0.001 * wave,
                at,
                low=0.790,
                high=0.833,
                n=1204,
                n_pos=311,
                verdict="degraded",
                direction="higher_is_better",
                baseline=Baseline(what="reference", value=0.893),
                difference=Difference(value=-0.081),
                source="score counts of v42, label known",
                sentence="Precision is 8 points below the reference.",
            ),
            e(
                "recall",
                0.701,
                at,
                low=0.670,
                high=0.732,
                n=1204,
                verdict="fine",
                direction="higher_is_better",
            ),
            e("auc", 0.861, at, low=0.843, high=0.879, n=1204, verdict="not enough data"),
            e("observed_expected", 1.31, at, low=1.2, high=1.43, n=1204, verdict="degraded"),
            e("label_coverage", 0.23, at, unit="share", n=5310, verdict=""),
        ],
        charts=[chart("precision", "precision", "", at, -0.081, 0.893, 0.88)],
        drift=[
            Drift(
                feature="amount" + labels,
                psi=0.44,
                psi_corrected=0.41,
                low=0.36,
                high=0.47,
                kl=0.2,
                n=5310,
                drift_class="major",
                segment="BR",
                sentence="Amounts in BR are about 100 times larger.",
            ),
            Drift(
                feature="hour",
                psi=0.05,
                psi_corrected=0.03,
                low=0.0,
                high=0.06,
                kl=0.02,
                n=5310,
                drift_class="minor",
            ),
            Drift(
                feature="device",
                psi=0.04,
                psi_corrected=0.02,
                low=0.0,
                high=0.05,
                kl=0.02,
                n=5310,
                drift_class="minor",
                missing_share=0.012,
            ),
            Drift(
                feature="merchant",
                psi=None,
                psi_corrected=None,
                low=None,
                high=None,
                kl=None,
                n=310,
                drift_class="too few rows",
                reason="310 rows, 1,000 needed",
            ),
        ],
        drift_sentence="drift: amount major (BR) · 3 others minor",
        worst="worst: region BR, 2.4× wrong decisions",
        segments=[
            e(
                "precision",
                0.71,
                at,
                low=0.66,
                high=0.76,
                n=412,
                segment="region=BR",
                verdict="critical",
            ),
            e(
                "precision",
                0.892,
                at,
                low=0.87,
                high=0.91,
                n=501,
                segment="region=DE",
                verdict="fine",
            ),
            e("precision", None, at, reason="no labels yet", n=0, segment="region=JP"),
        ],
    )


def infra_pane(at: int, labels: str) -> InfraPane:
    e, wave = estimate, math.sin(at / SECOND / 7)
    return InfraPane(
        metrics=[
            e(
                "latency_p99",
                round(418 + 6 * wave),
                at,
                unit="ms",
                verdict="degraded",
                direction="lower_is_better",
                baseline=Baseline(what="limit", value=250.0),
                n=12_700,
            ),
            e(
                "error_rate",
                0.0031,
                at,
                low=0.0025,
                high=0.0038,
                unit="share",
                verdict="fine",
                n=12_700,
            ),
            e("requests", round(212 + 3 * wave), at, unit="/s", verdict="fine"),
            e(
                "burn_rate",
                6.1,
                at,
                unit="×",
                verdict="watch",
                sentence="The budget lasts 3 h.",
            ),
        ],
        charts=[chart("latency_p99", "p99", "ms", at, 190.0, 228.0, 250.0)],
        changes=[
            Change(
                at=ONSET - MINUTE,
                kind="schema",
                text="amount (BR)" + labels,
                fit="best fit",
            ),
            Change(at=START + MINUTE, kind="deploy", text="v42", fit="poor fit"),
        ],
    )
