"""How labels come: after how long, and for which share of decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.assess.slices import is_word
from cockpit.tables import NEGATIVE, SERVED, UNKNOWN
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from cockpit.assess.inputs import Inputs


@dataclass(frozen=True)
class Labels:
    """`rate` of the decisions that are `delay` µs old have a label; null where none is that old.

    `only_when` names the decisions that alone ever get one: "decision=0".
    """

    rate: float | None
    delay: int = 0
    only_when: str = ""


def labels_of(inputs: Inputs) -> Labels:
    """From the decisions of the history; the delay as the configuration or the map says it."""
    said = inputs.config.model.label_delay or inputs.map.label_delay
    delay = parse_duration(said) if said else 0
    return Labels(_rate(inputs, delay), delay, inputs.map.labels_only_when or "")


def _rate(inputs: Inputs, delay: int) -> float | None:
    counts = inputs.decisions
    if counts is None or len(counts) == 0:
        return None
    n, label, decision = (counts.columns[name] for name in ("n", "label", "decision"))
    old = counts.columns["valid"] < inputs.as_of_slow - delay
    decided = old & is_word(counts, "role", SERVED) & (decision >= NEGATIVE)
    rows = int(n[decided].sum())
    return int(n[decided & (label > UNKNOWN)].sum()) / rows if rows > 0 else None
