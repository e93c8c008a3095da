"""What is kept of a choice when it is made: by it the choice is judged later, and audited."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from cockpit.config import Decisions
from cockpit.decide.facts.estimates import is_bad
from cockpit.records import Estimate
from cockpit.units import parse_duration
from cockpit.views import Hurt, OptionRow, View

FIGURES = ("wrong_rate", "latency_p99", "error_rate")  # by which an effect is judged
LETS_GO_ON = frozenset({"observe", "shadow"})


def kept(row: OptionRow, view: View, decisions: Decisions) -> dict[str, Any]:
    """What the journal says of choosing `row`, from the view that it was chosen on.

    The table was a function of the recording, of what was assumed and of the time of the view.
    """
    table, best = view.options, view.options.recommendation
    return {
        "option": row.id,
        "label": row.label,
        "guarantee": row.guarantee,
        "gain": row.gain,
        "expected": row.expected,
        "expected_by": row.expected_by,
        "recheck": _recheck(row, view, decisions),
        "aim": to_builtins(row.aim),
        "hurt": to_builtins(hurt(view)),
        "recommended": {"option": best.option, "label": best.label, "why": best.why},
        "regret": row.regret,
        "rule": best.guard,
        "act": table.act,
        "severity": view.status.severity,
        "hypotheses": {h.id: h.probability for h in table.hypotheses},
        "assumed": {a.key: a.value for a in table.assumptions},
        "recording": view.recording,
        "seen_at": view.at,
        "seen": to_builtins(row),
    }


def hurt(view: View) -> list[Hurt]:
    """The figures that are bad, of everything and of the segment that stands out."""
    return [
        Hurt(name=e.name, segment=e.segment, value=e.value, low=e.low, high=e.high)
        for e in judged(view)
        if is_bad(e) and e.value is not None
    ]


def judged(view: View) -> list[Estimate]:
    """The figures of a view by which an effect is judged, where they were taken."""
    segment = view.impact.segment
    whole = [e for e in (*view.model.metrics, *view.infra.metrics) if e.name in FIGURES]
    inside = [e for e in view.model.segments if e.name == "wrong_rate" and e.segment == segment]
    every = [*whole, *(inside if segment is not None else [])]
    return [e for e in every if e.version is None and e.role == "served"]


def _recheck(row: OptionRow, view: View, decisions: Decisions) -> int | None:
    """µs after which to look again where things are let go on; null for any other option."""
    if row.kind not in LETS_GO_ON:
        return None
    best = view.options.recommendation
    if best.option == row.id and best.recheck is not None:
        return best.recheck
    return parse_duration(decisions.recheck)
