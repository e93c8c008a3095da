"""Whether the containment that holds is done, and does what was expected of it, as measured.

First traffic has to be as the option makes it. Then each figure that was bad when it was chosen has
to be good again, or surely better than it was, on enough requests to say so.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from cockpit import numbers
from cockpit.assess.service.serving import Serving
from cockpit.decide.effect.traffic import moved, since, words
from cockpit.decide.facts.estimates import LABELLED, find, is_bad
from cockpit.records import Assessment, Estimate
from cockpit.units import clock
from cockpit.views import Aim, Choice, Hurt

TIMED = 368  # requests, below which a p99 has no upper bound
GOOD = ("", "fine")  # verdicts; one to watch is not yet good
NAMES = {"wrong_rate": "wrong decisions", "latency_p99": "p99", "error_rate": "errors"}

Told = tuple[Literal["better", "not better", "too early"], str]


def follow(choice: Choice, traffic: Serving) -> tuple[Choice, int | None]:
    """The choice, noticed where traffic moved and nobody marked it; and since when traffic is so.

    `traffic` begins some minutes before it was chosen. Null: traffic is not as aimed.
    """
    aim = choice.aim or Aim()
    if aim == Aim():  # nothing of it shows in traffic
        return choice, choice.executed_at
    if choice.executed_at is not None:
        return choice, since(aim, traffic, choice.chosen_at)
    begun = moved(aim, traffic, choice.chosen_at)
    if begun is None:
        return choice, None
    due = None if choice.within is None else begun + choice.within
    return replace(choice, noticed_at=begun, due=due), begun


def judge(
    choice: Choice, begun: int | None, traffic: Serving, facts: Assessment | None, at: int
) -> Choice:
    """The choice with its effect at `at`, µs, and why that is said.

    `facts` are over a window that starts at `begun`, so that the time before does not hide the
    effect; null where traffic has not moved.
    """
    aim = choice.aim or Aim()
    late = choice.due is not None and at > choice.due
    if begun is None or facts is None:
        where = f" of {aim.segment}" if aim.segment else ""
        moving = "did not move" if late else "has not moved yet"
        why = f"traffic{where} {moving}: {words(traffic)}"
        return replace(choice, effect="not seen in time" if late else "watching", effect_why=why)
    done = f"traffic is as planned since {clock(begun)}" if aim != Aim() else "done"
    if aim.shed == 1.0 or aim.shadow:
        return replace(choice, effect="seen", effect_why=done)
    found = _figures(choice, aim, facts)
    worse, early, better = (
        ", ".join(why for state, why in found if state == wanted)
        for wanted in ("not better", "too early", "better")
    )
    if worse:
        why = f"{done}, but {worse}"
        return replace(choice, effect="not seen in time" if late else "watching", effect_why=why)
    if early:
        return replace(choice, effect="watching", effect_why=f"{done}; too early to say: {early}")
    return replace(choice, effect="seen", effect_why=f"{done}; {better}")


def _figures(choice: Choice, aim: Aim, facts: Assessment) -> list[Told]:
    """What hurt when it was chosen, and what is bad now that was not."""
    found = [_told(hurt, aim, facts) for hurt in choice.hurt]
    known = {hurt.name for hurt in choice.hurt}
    others = [e for name in NAMES if name not in known and (e := find(facts, name)) is not None]
    found += [("not better", f"{_said(e)}, which was good") for e in others if is_bad(e)]
    if choice.hurt:
        return found
    good = [e for e in others if _enough(e) and e.verdict in GOOD]
    found += [("better", f"{_said(e)}, no worse than usual") for e in good]
    return found or [("too early", "nothing is measured on enough requests")]


def _told(hurt: Hurt, aim: Aim, facts: Assessment) -> Told:
    """What one figure that was bad does now."""
    name = f"{NAMES.get(hurt.name, hurt.name)}{f' in {hurt.segment}' if hurt.segment else ''}"
    if hurt.segment and hurt.segment == aim.segment and _sends_nothing(hurt.segment, facts):
        return "better", f"{hurt.segment} sends nothing"
    now = find(facts, hurt.name, None, hurt.segment)
    if now is None or not _enough(now):
        return "too early", f"{name} {_lacking(hurt.name, now)}"
    why = f"{_said(now)}, was {_value(hurt.name, hurt.value)}"
    if now.verdict in GOOD or _surely_below(now, hurt):
        return "better", why
    return ("not better" if is_bad(now) else "too early"), why


def _sends_nothing(segment: str, facts: Assessment) -> bool:
    share = find(facts, "requests_share", None, segment)
    return share is None or share.value == 0.0


def _enough(estimate: Estimate) -> bool:
    """Whether it rests on enough to say that it is good; a gauge is taken at its word."""
    if estimate.value is None or estimate.verdict == "not enough data":
        return False
    if estimate.source.startswith("gauge"):
        return True
    return estimate.n >= (TIMED if estimate.name == "latency_p99" else LABELLED)


def _surely_below(now: Estimate, hurt: Hurt) -> bool:
    """Whether the two intervals lie apart."""
    return now.high is not None and hurt.low is not None and now.high < hurt.low


def _lacking(name: str, now: Estimate | None) -> str:
    if now is None:
        return "not measured"
    needed, what = (TIMED, "requests") if name == "latency_p99" else (LABELLED, "labelled")
    return f"on {now.n:,} of {needed} {what}" if now.n < needed else now.reason or "not sure yet"


def _said(now: Estimate) -> str:
    """'wrong decisions in region BR 1 in 12 of 412', 'p99 231 ms'."""
    where = f" in {now.segment}" if now.segment else ""
    of = f" of {now.n:,}" if now.name == "wrong_rate" else ""
    return f"{NAMES[now.name]}{where} {_value(now.name, now.value or 0.0)}{of}"


def _value(name: str, value: float) -> str:
    if name == "latency_p99":
        return numbers.milliseconds(value)
    return numbers.one_in(value) if name == "wrong_rate" and value > 0.0 else numbers.share(value)
