"""Every assumption behind the table, and whether the choice survives twice and half of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from cockpit.config import Config, Decisions, Harm
from cockpit.decide.choice.flips import input_flips
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import pair_text
from cockpit.decide.outcomes.worlds import Basis
from cockpit.decide.table.decision import Basics, Decision, decide, recommended
from cockpit.records import BadInput
from cockpit.setting import first_number, times, with_value
from cockpit.state import State
from cockpit.views import Assumption, Flip

DRAWS = 1_000  # of a table that is only asked which option it recommends
# What the worlds themselves rest on; all else is what options do in them.
OF_WORLDS = ("improvement", "shared_fault", "unlabelled", "wrong_share", "restored")
UNTRIED = ("undo", "requests_per_user", "precision", "latency_p99")  # no weight in the choice


def assumptions(
    decision: Decision, facts: Measured, state: State, config: Config
) -> list[Assumption]:
    """Every value that was not measured, by its key; those of options that are there."""
    of_options = (a for plan in decision.plans for a in plan.assumed.listed)
    found = [
        *(_harm(key, config) for key in ("false_positive", "slow", "shed")),
        *(_taken(key, config) for key in _decisions(facts)),
        *decision.rules.listed,
        *of_options,
    ]
    return [replace(a, source="set here") if a.key in state.assumed else a for a in found]


def _harm(key: str, config: Config) -> Assumption:
    value = getattr(config.model.harm, key)
    default = value == getattr(Harm(), key)
    return Assumption(
        key=f"model.harm.{key}",
        value=f"{value:g}",
        source="default" if default else "configuration",
    )


def _decisions(facts: Measured) -> list[str]:
    """Which of the general assumptions this table rests on."""
    keys = ["minutes_to_fix", "horizon", "improvement"]
    if facts.versions.previous:
        keys.append("shared_fault")
    if facts.coverage is None or facts.coverage < 1.0:
        keys.append("unlabelled")
    return [*keys, "requests_per_user"]


def _taken(key: str, config: Config) -> Assumption:
    value = getattr(config.decisions, key)
    if isinstance(value, tuple):
        numbers = all(isinstance(one, float | int) for one in value)
        text = pair_text(value) if numbers else f"[{', '.join(value)}]"
    else:
        text = value if isinstance(value, str) else f"{value:g}"
    default = value == getattr(Decisions(), key)
    return Assumption(
        key=f"decisions.{key}", value=text, source="default" if default else "configuration"
    )


def tried(
    found: Sequence[Assumption], basics: Basics, config: Config, labels: dict[str, str]
) -> tuple[list[Assumption], list[Flip]]:
    """The assumptions with whether the choice survives twice and half of each, and what flips it.

    Each try is the whole table on fewer draws, the same for all of them.
    """
    worlds = _worlds(basics, config)
    here = recommended(basics, config, DRAWS, worlds)
    told, flips = [], []
    for assumption in found:
        now = first_number(assumption.value)
        if now is None or now <= 0 or assumption.key.endswith(UNTRIED):
            told.append(assumption)
            continue
        evaluate = _evaluate(assumption, now, basics, config, worlds)
        changed = [
            f"{labels.get(option, option)} at {word}"
            for factor, word in ((2.0, "twice"), (0.5, "half"))
            if (option := evaluate(now * factor)) != here
        ]
        told.append(replace(assumption, holds=", ".join(changed) or "holds"))
        if changed:
            flips += input_flips(assumption.key, now, evaluate, labels, _say(assumption.value))
    return told, flips


def _evaluate(
    assumption: Assumption, now: float, basics: Basics, config: Config, worlds: Basis | None
) -> Callable[[float], str]:
    kept = None if assumption.key.endswith(OF_WORLDS) else worlds

    def evaluate(value: float) -> str:
        try:
            changed = with_value(config, assumption.key, times(assumption.value, value / now))
        except BadInput:  # out of its bounds: it cannot be so, and flips nothing
            changed = config
        return recommended(basics, changed, DRAWS, kept)

    return evaluate


def _worlds(basics: Basics, config: Config) -> Basis | None:
    found = decide(basics, config, DRAWS).simulated
    return None if found is None else found.basis


def _say(text: str) -> Callable[[float], str]:
    """Prints a value as the assumption writes it."""
    now = first_number(text) or 1.0
    return lambda value: times(text, value / now)


def survives(found: Sequence[Assumption]) -> str:
    """'the choice holds at twice and half of each assumption', or which ones it rests on."""
    rests = [f"{a.holds} of {a.key}" for a in found if a.holds not in ("", "holds")]
    if not rests:
        return "the choice holds at twice and half of each assumption"
    return "the choice rests on assumptions: " + "; ".join(rests)
