"""Safety, privacy and data loss: marked by a person, SEV0 whatever is green, cleared by an owner.

No figure marks or clears it, and what reports say is not read: only a mark counts.
"""

from __future__ import annotations

from cockpit.config import Config
from cockpit.decide.severity.escalation import contain_by, steps
from cockpit.decide.severity.policy import Policy
from cockpit.state import Occurrence, State
from cockpit.views import Escalation


def kind_of(mark: Occurrence) -> str:
    """'safety', 'privacy' or 'data loss'."""
    return mark.kind.replace("_", " ")


def told(mark: Occurrence) -> str:
    """'privacy: a name leaked, whatever the metrics say'."""
    return f"{kind_of(mark)}: {mark.text or 'marked'}, whatever the metrics say"


def escalation(state: State, policy: Policy, config: Config, at: int) -> Escalation:
    """What a mark made at `at` sets going: whom to call by when, and what to do."""
    return Escalation(
        steps=steps("SEV0", at, state, policy),
        tree=config.escalation.tree,
        actions=policy.row("SEV0").actions,
        contain_by=contain_by("SEV0", at, policy),
    )


def clearing_refused(by: str, state: State, config: Config) -> str:
    """Why `by` may not clear the mark; "" where they may."""
    if state.safety is None:
        return "nothing is marked: there is no safety, privacy or data-loss mark to clear"
    owner = config.owner.compliance
    if owner and _same(by) != _same(owner):
        return f"only the compliance owner clears a mark of {kind_of(state.safety)}: {owner}"
    return ""


def cleared(by: str, config: Config) -> str:
    """What is said once it is cleared."""
    if config.owner.compliance:
        return f"cleared by {by}"
    return f"cleared by {by}; the configuration names no compliance owner (owner.compliance)"


def _same(name: str) -> str:
    return " ".join(name.casefold().split())
