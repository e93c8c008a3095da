"""Whether the choice survives twice and half of each assumption, and the value that flips it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from cockpit.decide.choice.flips import input_flips
from cockpit.decide.table.again import option_taken
from cockpit.decide.table.decision import Basics, Decision, decide
from cockpit.records import BadInput
from cockpit.setting import first_number, times, with_value
from cockpit.views import Assumption, Flip

DRAWS = 1_000  # of a table that is only asked which option it recommends
SPENT = "requests_per_user"  # of users who meet a bad path: it is shown, and weighs nothing
WHOLE = ("warm_workers", "needed")  # a worker is there or not
NAMED = 3  # assumptions that the choice rests on; more are counted


def tried(
    found: Sequence[Assumption], decision: Decision, best: str, basics: Basics
) -> tuple[list[Assumption], list[Flip]]:
    """The assumptions with whether `best` survives twice and half of each, and what flips it.

    Each try is the same decision on fewer draws, the same for all of them; on all draws where
    fewer would not recommend `best` in the first place.
    """
    small = decide(basics, decision.config, DRAWS)
    if option_taken(small, basics, decision.config) != best:
        small = decision
    labels = {kind: traits.label for kind, traits in decision.traits.items()}
    told, flips = [], []
    for assumption in found:
        now = first_number(assumption.value)
        if now is None or now <= 0 or _weighs_nothing(assumption.key, decision):
            told.append(assumption)
            continue
        evaluate = _evaluate(assumption, now, small, basics)
        changed = [
            f"{labels.get(option, option)} at {word}"
            for factor, word in ((2.0, "twice"), (0.5, "half"))
            if (option := evaluate(now * factor)) != best
        ]
        told.append(replace(assumption, holds=", ".join(changed) or "holds"))
        if changed:
            most = 100.0 if "%" in assumption.value else float("inf")
            say = _say(assumption, now)
            flips += input_flips(assumption.key, now, evaluate, labels, say, most)
    return told, flips


def _weighs_nothing(key: str, decision: Decision) -> bool:
    """Whether no value of it can change the choice."""
    if key.endswith(SPENT):
        return True
    block, _, rest = key.partition(".")
    kind = rest.partition(".")[0]
    check = decision.checks.get(kind)
    return block == "options" and kind != "rules" and check is not None and bool(check.blocked)


def _evaluate(
    assumption: Assumption, now: float, small: Decision, basics: Basics
) -> Callable[[float], str]:
    def evaluate(value: float) -> str:
        try:
            config = with_value(
                small.config, assumption.key, _written(assumption, value / now, digits=6)
            )
        except BadInput:  # out of its bounds: it cannot be so, and flips nothing
            config = small.config
        return option_taken(small, basics, config)

    return evaluate


def _say(assumption: Assumption, now: float) -> Callable[[float], str]:
    """Prints a value as the assumption writes it, in three digits."""
    return lambda value: _written(assumption, value / now, digits=3)


def _written(assumption: Assumption, factor: float, digits: int) -> str:
    """The value so many times as large, as the configuration writes it."""
    if assumption.key.endswith(WHOLE):
        return f"{float(assumption.value) * factor:.0f}"
    return times(assumption.value, factor, digits)


def survives(found: Sequence[Assumption]) -> str:
    """'the choice holds at twice and half of each assumption', or which ones it rests on."""
    rests = [f"{a.key} ({a.holds})" for a in found if a.holds not in ("", "holds")]
    if not rests:
        return "the choice holds at twice and half of each assumption"
    more = f" and {len(rests) - NAMED} more" if len(rests) > NAMED else ""
    return f"the choice rests on assumptions: {', '.join(rests[:NAMED])}{more}"
