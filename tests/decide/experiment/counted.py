"""Counts made by hand: what each arm did, minute by minute, since the criteria were written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cockpit.bins import latency_bin
from cockpit.decide.experiment.arms import Recorded
from cockpit.records import MINUTE, Counts
from cockpit.views import Criteria, Guardrail
from tests.assess.building import table

START = 1_700_000_040_000_000 // MINUTE * MINUTE
GUARDS = [
    Guardrail(name="latency_p99", limit=0.01, slowest=250.0, text="1 % of its requests slow"),
    Guardrail(name="error_rate", limit=0.005, text="0.5 % of its requests failed"),
]


def criteria(**changes: object) -> Criteria:
    """A canary of v43 beside v41, on wrong decisions; labels take 5 minutes."""
    settled = {
        "kind": "canary",
        "metric": "wrong_rate",
        "fix": "v43",
        "control": "v41",
        "baseline": 0.03,
        "margin": 0.02,
        "rows": 600,
        "label_delay": 5 * MINUTE,
        "written_at": START,
        "guardrails": GUARDS,
        **changes,
    }
    return Criteria(**settled)  # type: ignore[arg-type]


class Arm:
    """What one version did in each minute; rates may be one for all minutes or one each."""

    def __init__(
        self,
        version: str,
        per_minute: int | Sequence[int],
        wrong: float | Sequence[float] = 0.03,
        *,
        slow: float = 0.001,
        failed: float = 0.001,
        labelled: float = 1.0,
        role: str = "served",
    ) -> None:
        self.version, self.per_minute, self.wrong = version, per_minute, wrong
        self.slow, self.failed, self.labelled, self.role = slow, failed, labelled, role


def recorded(
    *arms: Arm, minutes: int = 60, seed: int = 1, changed: int | None = None, **gauges: object
) -> Recorded:
    """Everything that was counted in so many minutes, and known at their end."""
    rng = np.random.default_rng(seed)
    valid = START + np.arange(minutes) * MINUTE
    scores, traffic, latency = [], [], []
    for arm in arms:
        n = np.broadcast_to(np.asarray(arm.per_minute), (minutes,))
        known = rng.binomial(n, arm.labelled)
        bad = rng.binomial(known, arm.wrong)
        for rows, label in ((n - known, -1), (known - bad, 0), (bad, 1)):
            scores.append(
                (rows, {"version": arm.version, "role": arm.role, "decision": 0, "label": label})
            )
        if arm.role == "served":
            failed, slow = rng.binomial(n, arm.failed), rng.binomial(n, arm.slow)
            traffic += [
                (n, {"version": arm.version, "kind": ""}),
                (failed, {"version": arm.version, "kind": "timeout"}),
            ]
            latency += [
                (n - slow, {"version": arm.version, "bin": _bin(0.05)}),
                (slow, {"version": arm.version, "bin": _bin(0.9)}),
            ]
    tables = {"score": _table("score", valid, scores)}
    if traffic:
        tables["traffic"] = _table("traffic", valid, traffic)
        tables["latency"] = _table("latency", valid, latency)
    end = START + minutes * MINUTE
    return Recorded(
        tables=tables,
        gauges=gauges.get("series", {}),  # type: ignore[arg-type]
        since=START,
        changed=changed,
        as_of_fast=end,
        as_of_slow=end,
        bucket=MINUTE,
    )


def _bin(seconds: float) -> int:
    return int(latency_bin(np.array([seconds]))[0])


def _table(name: str, valid: np.ndarray, parts: list[tuple[np.ndarray, dict]]) -> Counts:
    columns: dict[str, list] = {}
    for rows, keys in parts:
        for key, value in {**keys, "valid": valid, "n": rows}.items():
            columns.setdefault(key, []).append(np.broadcast_to(np.asarray(value), valid.shape))
    return table(name, **{key: np.concatenate(values) for key, values in columns.items()})
