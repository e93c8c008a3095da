"""Every assumption behind the table: each value that was not measured, by the key that sets it."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.config import Config, Decisions, Harm
from cockpit.decide.choice.loss import tail_weight
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import pair_text
from cockpit.decide.table.decision import Basics, Decision
from cockpit.setting import plain
from cockpit.views import Assumption


def assumptions(decision: Decision, basics: Basics) -> list[Assumption]:
    """Every value that was not measured, by its key; those of options that are there."""
    config, facts = decision.config, basics.measured
    counted = facts.versions.previous in facts.warm
    found = [
        *(_harm(key, config) for key in ("false_positive", "slow", "shed")),
        *_tail(basics.level, config),
        *(_taken(key, config) for key in _decisions(facts)),
        *decision.rules.listed,
        *(a for plan in decision.plans.values() for a in plan.assumed.listed),
    ]
    return [
        replace(a, source="set here") if a.key in basics.state.assumed else a
        for a in found
        if not (counted and a.key.endswith(".warm_workers"))  # a gauge says how many there are
    ]


def _harm(key: str, config: Config) -> Assumption:
    value = getattr(config.model.harm, key)
    return _assumption(f"model.harm.{key}", plain(value), value == getattr(Harm(), key))


def _tail(level: str, config: Config) -> list[Assumption]:
    """How much the tail of the harm counts, where the severity asks that it does."""
    weight = tail_weight(level, config.decisions)
    if weight == 0.0:
        return []
    named = "SEV1" if level == "SEV0" else level
    key = f"decisions.tail.{named}"
    return [_assumption(key, plain(weight), config.decisions.tail == Decisions().tail)]


def _decisions(facts: Measured) -> list[str]:
    """Which of the general assumptions this table rests on."""
    keys = ["minutes_to_fix", "horizon", "improvement"]
    if facts.versions.previous:
        keys.append("shared_fault")
    if facts.coverage is None or facts.coverage < 1.0:
        keys.append("unlabelled")
    keys += ["misjudged", "wander"]
    return [*keys, "requests_per_user"]


def _taken(key: str, config: Config) -> Assumption:
    value = getattr(config.decisions, key)
    if isinstance(value, tuple):
        numbers = all(isinstance(one, float | int) for one in value)
        text = pair_text(value) if numbers else f"[{', '.join(value)}]"
    else:
        text = value if isinstance(value, str) else plain(value)
    return _assumption(f"decisions.{key}", text, value == getattr(Decisions(), key))


def _assumption(key: str, value: str, default: bool) -> Assumption:
    return Assumption(key=key, value=value, source="default" if default else "configuration")
