"""What speaks against a step, and the reasons for taking it all the same.

Containment comes before diagnosis, and nothing that is blocked, rash or beyond undoing is chosen
without a written reason. Safety is no matter of reasons: under a mark only what ends the exposure
may be chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.decide.effect.kept import judged
from cockpit.decide.facts.estimates import enough_labels, is_bad, minutes_to_labels
from cockpit.records import MINUTE, Estimate
from cockpit.state import State
from cockpit.units import duration
from cockpit.views import OptionRow, Phase, View

AFTER_CONTAINMENT: frozenset[Phase] = frozenset({"remediation", "validation", "postmortem"})
ROLLS_BACK = frozenset({"rollback", "blue_green"})  # options that take the new version off
HASTY = frozenset({"SEV0", "SEV1"})  # severities at which the policy does not wait for more data


@dataclass(frozen=True)
class Objection:
    """A step the cockpit advises against, and four reasons for taking it all the same."""

    message: str
    presets: tuple[str, str, str, str]


def leaving(state: State, next_phase: Phase) -> Objection | None:
    """What speaks against going to `next_phase` now: diagnosis before containment is chosen."""
    if next_phase not in AFTER_CONTAINMENT or state.choice is not None:
        return None
    return Objection(
        "containment is not chosen: people go on being hurt while the cause is looked for",
        (
            "harm is small, and watched",
            "the cause must be known before anything is contained",
            "contained outside the cockpit",
            "false alarm",
        ),
    )


def unsafe(row: OptionRow, view: View) -> str:
    """Why a mark of safety forbids the option, and what may be chosen; "" where it does not."""
    best = view.options.recommendation.option
    may = {r.id: r.label for r in view.options.rows if not r.blocked or r.id == best}
    if not view.status.safety or row.id in may:
        return ""
    named = ", ".join(may.values()) or "nothing here does"
    return (
        f"{view.status.safety} is marked: choose what ends the exposure ({named}), "
        "or let the named owner clear the mark"
    )


def choosing(row: OptionRow, view: View) -> Objection | None:
    """What speaks against choosing the option now; null where nothing does."""
    if row.blocked:
        return Objection(
            f"{row.label} is blocked: {row.blocked}",
            (
                "checked by hand: nothing blocks it",
                "mended since, and not measured yet",
                "even so it harms less than going on",
                "decided by the commander",
            ),
        )
    if view.status.severity in HASTY or enough_labels(_wrong(view)):
        return None
    if row.irreversible:
        return Objection(
            f"not enough data for what cannot be undone: {row.label}, {row.irreversible}",
            (
                "what cannot be undone is small",
                "labels come too late to wait for",
                "the harm is known by other means",
                "decided by the commander",
            ),
        )
    if row.kind in ROLLS_BACK and not any(is_bad(estimate) for estimate in judged(view)):
        return Objection(
            f"not enough data: shadow first, {_verdict(view)}",
            (
                "little is given up by it",
                "labels come too late to wait for",
                "the harm is known by other means",
                "decided by the commander",
            ),
        )
    return None


def _wrong(view: View) -> Estimate | None:
    """The share of wrong decisions where it is worst."""
    segment = view.impact.segment
    return next((e for e in judged(view) if e.name == "wrong_rate" and e.segment == segment), None)


def _verdict(view: View) -> str:
    minutes = minutes_to_labels(_wrong(view))
    if minutes is None:
        return "when there will be data enough is not known"
    return f"data enough for a verdict in {duration(round(minutes * MINUTE))}"
