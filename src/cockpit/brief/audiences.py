"""Who a brief is for, and which ask is theirs."""

from __future__ import annotations

import re
from typing import Literal, get_args

from cockpit.brief.situation import Situation
from cockpit.records import BadInput
from cockpit.views import Ask

Audience = Literal["exec", "technical"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

# Words by which an ask names an executive; every other open ask is for the people who work on it.
_EXECUTIVE = re.compile(
    r"\b(exec(utive)?s?|leadership|management|directors?|vp|ceo|cto|coo|ciso|cfo|board|sponsor)\b",
    re.IGNORECASE,
)


def audience(name: str) -> Audience:
    """The audience of that name. Raises BadInput naming those there are."""
    for known in AUDIENCES:
        if name == known:
            return known
    raise BadInput(f"'{name}' is no audience; write one of {', '.join(AUDIENCES)}")


def is_for_executives(ask: Ask) -> bool:
    """Whether an ask is addressed to an executive."""
    return _EXECUTIVE.search(ask.who) is not None


def unanswered(now: Situation, *, executives: bool) -> list[Ask]:
    """The asks of one group that wait for an answer, soonest deadline first."""
    waiting = [a for a in now.asks if a.state != "answered" and is_for_executives(a) == executives]
    return sorted(waiting, key=lambda a: (a.deadline is None, a.deadline or 0, a.asked_at))
