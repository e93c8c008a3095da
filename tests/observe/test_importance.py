"""What each feature tells of the score: the correlation ratio, less chance, from the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

BASE = "service: s\ntime: {start: 2024-01-01T00:00:00Z, every: 1s}\nscore: p\nversion: v1\n"
FEATURES = "features: {numeric: [x, noise, flat], categorical: [kind]}\n"


def scored(rows: int, seed: int) -> list[dict[str, Any]]:
    """A score that depends on x and a little on kind, and not on the rest."""
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=(2, rows))
    kind = rng.choice(["app", "web"], rows)
    p = 1 / (1 + np.exp(-1.5 * x - 0.5 * (kind == "app") - 0.3 * rng.normal(size=rows)))
    columns = {"p": p, "x": x, "noise": noise, "flat": np.ones(rows), "kind": kind}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def importance(imported: Any) -> dict[str, float]:
    return msgspec.json.decode(imported.document("importance"), type=dict[str, float])


def test_it_is_the_share_of_the_scores_variance_between_the_bins(
    import_rows: Callable[..., Any],
) -> None:
    reference = scored(2_000, 1)
    found = importance(import_rows(scored(10, 2), BASE + FEATURES, reference=reference))
    p = np.array([row["p"] for row in reference])
    kind = np.array([row["kind"] for row in reference])
    within = sum(((p[kind == k] - p[kind == k].mean()) ** 2).sum() for k in ("app", "web"))
    spread = ((p - p.mean()) ** 2).sum()
    expected = 1 - within / spread * (len(p) - 1) / (len(p) - 2)  # Kelley's ε², two groups
    assert found["kind"] == pytest.approx(expected, abs=1e-5)
    assert found["x"] > 0.7
    assert found["noise"] < 0.01
    assert found["flat"] == 0.0


def test_without_a_reference_or_its_scores_there_is_none(import_rows: Callable[..., Any]) -> None:
    rows = scored(50, 1)
    assert importance(import_rows(rows, BASE + FEATURES)) == {}
    unscored = [{**row, "p": None} for row in rows]
    assert set(importance(import_rows(rows, BASE + FEATURES, reference=unscored)).values()) <= {0.0}


def test_the_columns_of_the_predictions_are_kept(import_rows: Callable[..., Any]) -> None:
    imported = import_rows(scored(20, 1), BASE)
    columns = msgspec.json.decode(imported.document("columns"))
    assert columns == ["p", "x", "noise", "flat", "kind"]
