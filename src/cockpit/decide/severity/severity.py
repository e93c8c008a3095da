"""Severity: the highest row of the policy that matches what was measured; a person confirms it.

The policy is data (`severity.yaml`): it gives the severity, what is frozen, who is called and when
updates are due; which option to take is the containment table's answer. Without user counts, shares
are of requests.

No figure tells, and only a person can mark or say: that users may come to harm, that personal data
is exposed or content out that is not allowed, that data is lost, that decisions which cannot be
taken back are wrong, that labels leaked, that a model feeds on itself. Harm to a protected group is
proposed where its positives are missed more often, and holds only once a person has said so.
"""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.config import Config
from cockpit.decide.severity.changing import level_named
from cockpit.decide.severity.conditions import holding
from cockpit.decide.severity.escalation import begun, contain_by, steps
from cockpit.decide.severity.findings import Known
from cockpit.decide.severity.policy import Policy
from cockpit.decide.severity.safety import kind_of, told
from cockpit.decide.severity.traps import traps
from cockpit.records import Assessment
from cockpit.state import State
from cockpit.units import parse_duration
from cockpit.views import LEVELS, Chart, Impact, Level, Severity

_LOWEST: Level = "SEV4"


def severity(
    assessment: Assessment,
    impact: Impact,
    state: State,
    config: Config,
    policy: Policy,
    charts: Sequence[Chart] = (),
) -> Severity:
    """The severity at `assessment.at`, with its evidence and what the policy asks for at it.

    `charts` tell for how long the p99 has been over its objective.
    """
    known = Known(assessment, impact, state, config, charts)
    suggested, measured, evidence = _proposed(known, policy)
    confirmed = None if state.severity is None else level_named(state.severity.severity)
    level = confirmed or measured
    mark = state.safety
    if mark is not None:
        level = suggested = "SEV0"
        evidence = list(dict.fromkeys([told(mark), *evidence]))
    start = begun(level, measured, state, impact)
    paged = state.paged_at if state.paged_at is not None else impact.since
    last = state.last_update if state.last_update is not None else paged
    row = policy.row(level)
    cadence = parse_duration(row.updates.internal)
    return Severity(
        level=level,
        suggested=suggested,
        evidence=evidence or ["nothing measured matches a row of the policy"],
        confirmed=confirmed is not None or mark is not None,
        safety="" if mark is None else kind_of(mark),
        cadence=cadence,
        update_due=None if last is None else last + cadence,
        external=row.updates.external,
        actions=row.actions,
        contain_by=contain_by(level, start, policy),
        escalation=steps(level, start, state, policy),
        tree=[] if mark is None else config.escalation.tree,
        traps=traps(known, policy),
        people_know=[said for row in policy.levels for said in row.people_know],
    )


def _proposed(known: Known, policy: Policy) -> tuple[Level, Level, list[str]]:
    """The highest level proposed, the highest that needs no person to say so, and why.

    What is about the same thing as evidence for a graver level is not said twice.
    """
    suggested, measured = _LOWEST, _LOWEST
    evidence: list[str] = []
    said: set[str] = set()
    for level in LEVELS:
        for entry in policy.row(level).any:
            for held in holding(entry, known, policy):
                suggested = min(suggested, level)
                if not entry.confirm:
                    measured = min(measured, level)
                if not held.about <= said:
                    evidence.append(held.why)
                    said |= held.about
    return suggested, measured, evidence
