"""Which two versions are watched against each other: the canary and what serves beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.tables import ABSENT

if TYPE_CHECKING:
    from cockpit.assess.inputs import Inputs


@dataclass(frozen=True)
class Arms:
    """Names of two versions, as they stand in the tables."""

    canary: str
    control: str


def arms(inputs: Inputs) -> Arms | None:
    """The new version and another one that served; null where fewer than two did.

    The new one is what the configuration says, else what was deployed last, else what began to
    serve last; the other what the configuration says, else what served most.
    """
    rows, began = _serving(inputs)
    if len(rows) < 2:
        return None
    named = inputs.config.model.versions
    deploys = [event for event in inputs.events if event.kind == "deploy"]
    deployed = [event.data.get("version") for event in sorted(deploys, key=lambda e: e.at)]
    new = [named.current, *reversed(deployed), max(began, key=began.__getitem__)]
    canary = next(v for v in new if v in rows)
    others = {v: n for v, n in rows.items() if v != canary}
    control = named.previous if named.previous in others else max(others, key=others.__getitem__)
    return Arms(canary, control)


def _serving(inputs: Inputs) -> tuple[dict[str, int], dict[str, int]]:
    """Rows of each version in the history, and when its first was."""
    counts = inputs.history.get("traffic") or inputs.decisions
    if counts is None or len(counts) == 0:
        return {}, {}
    codes, valid = counts.columns["version"], counts.columns["valid"]
    words = counts.words["version"]
    rows = np.bincount(codes, counts.columns["n"], len(words)).astype(np.int64)
    served = [i for i in np.flatnonzero(rows > 0) if words[i] != ABSENT]
    return (
        {words[i]: int(rows[i]) for i in served},
        {words[i]: int(valid[codes == i].min()) for i in served},
    )
