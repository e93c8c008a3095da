"""Which two versions are watched against each other: the canary and what serves beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.slices import is_word
from cockpit.tables import ABSENT

if TYPE_CHECKING:
    from cockpit.assess.inputs import Inputs
    from cockpit.records import Counts


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
    counts = inputs.history.get("traffic") or inputs.decisions
    rows = _served(counts) if counts else {}
    if counts is None or len(rows) < 2:
        return None
    named = inputs.config.model.versions
    deploys = sorted((e for e in inputs.events if e.kind == "deploy"), key=lambda e: e.at)
    known = (named.current, *(e.data.get("version") for e in reversed(deploys)))
    named_or_deployed = next((v for v in known if v in rows), None)
    canary = named_or_deployed or _newest(counts, rows, inputs.slow_bucket)
    others = {v: n for v, n in rows.items() if v != canary}
    control = named.previous if named.previous in others else max(others, key=others.__getitem__)
    return Arms(canary, control)


def _served(counts: Counts) -> dict[str, int]:
    """Rows of each version that has any."""
    words = counts.words["version"]
    rows = np.bincount(counts.columns["version"], counts.columns["n"], len(words))
    return {v: int(n) for v, n in zip(words, rows, strict=True) if n > 0 and v != ABSENT}


def _newest(counts: Counts, rows: dict[str, int], bucket: int) -> str:
    """The version that began to serve in the latest bucket; of several, that which serves least.

    Seconds would tell by chance which of two versions that always served is the newer.
    """
    valid = counts.columns["valid"]
    began = {v: int(valid[is_word(counts, "version", v)].min()) // bucket for v in rows}
    return max(rows, key=lambda v: (began[v], -rows[v], v))
