"""Whether an entry of the policy holds: each fact by its name, and all of an entry together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

from cockpit.decide.severity.findings import Finding, Known
from cockpit.decide.severity.input_facts import drifted, missing_feature, schema_changed
from cockpit.decide.severity.policy import Entry, Policy, Reports
from cockpit.decide.severity.quality_facts import (
    calibration,
    objective_missed,
    own_figure_worse,
    protected_gap,
    quality_falling,
    ranking_kept,
    ranking_lost,
    share_hurt,
    wrong_decisions,
)
from cockpit.decide.severity.safety import kind_of, told
from cockpit.decide.severity.service_facts import (
    burn,
    latency_over_objective,
    requests_fail,
    service_quiet,
)


class Held(NamedTuple):
    """An entry that holds: why in words, and what it is about."""

    why: str
    about: frozenset[str]


def holding(entry: Entry, known: Known, policy: Policy) -> list[Held]:
    """Each way in which all facts of the entry hold together; none where it does not hold.

    A fact of which a part cannot be told counts where the policy takes the higher level if unsure,
    and its words say so.
    """
    seen = [
        [f for f in FACTS[name](asked, known) if not f.unsure or policy.unsure == "higher"]
        for name, asked in entry.facts.items()
    ]
    return [
        Held(", ".join(_why(f) for f in together), frozenset(f.about for f in together))
        for together in product(*seen)
    ]


def _why(finding: Finding) -> str:
    if not finding.unsure:
        return finding.why
    return f"{finding.why}; {finding.unsure}, so the higher level is proposed"


def _safety_mark(asked: str, known: Known) -> Iterator[Finding]:
    for mark in known.state.flags:
        if asked in ("any", kind_of(mark)):
            yield Finding("mark", told(mark))


def _reports(asked: Reports, known: Known) -> Iterator[Finding]:
    count = len(known.state.reports)
    if count >= asked.at_least:
        yield Finding("reports", f"{count} people reported something: read what they wrote")


def _tier1(_: bool, known: Known) -> Iterator[Finding]:
    if known.config.tier1:
        yield Finding("tier 1", "in a tier-1 service")


# How each fact of `policy.Entry` is found; it gets its settings there.
FACTS: dict[str, Callable[[Any, Known], Iterator[Finding]]] = {
    "safety_mark": _safety_mark,
    "protected_gap": protected_gap,
    "wrong_decisions": wrong_decisions,
    "share_hurt": share_hurt,
    "requests_fail": requests_fail,
    "burn": burn,
    "latency_over_objective": latency_over_objective,
    "missing_feature": missing_feature,
    "calibration": calibration,
    "objective_missed": objective_missed,
    "ranking_lost": ranking_lost,
    "ranking_kept": ranking_kept,
    "drift": drifted,
    "quality_falling": quality_falling,
    "own_figure_worse": own_figure_worse,
    "reports": _reports,
    "schema_changed": schema_changed,
    "service_quiet": service_quiet,
    "tier1": _tier1,
}
