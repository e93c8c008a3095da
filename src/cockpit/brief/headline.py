"""The first sentence: how bad, since when, who, how many of how many; at most 30 words."""

from __future__ import annotations

from cockpit import numbers, reading, units
from cockpit.brief import wording
from cockpit.brief.situation import Situation
from cockpit.views import Impact

MOST_WORDS = 30
_NAME_WORDS = 5  # of a segment's or a service's name: what outside text may take of the 30


def headline(now: Situation) -> str:
    """'SEV2 (not yet confirmed): since 02:48 UTC, …', in plain words without any metric's name.

    What does not fit is left out from the end of the list of details, never cut in a word.
    """
    start = f"{severity(now)}: {_since(now)}"
    for details in (_details(now.impact), _details(now.impact)[:1], []):
        text = wording.sentence(", ".join([f"{start} {_who(now)}", *details]))
        if reading.words(text) <= MOST_WORDS:
            return text
    return wording.sentence(wording.shortened(f"{start} {_who(now)}", MOST_WORDS))


def severity(now: Situation) -> str:
    """'SEV2', with '(not yet confirmed)' until a person has said so."""
    status = now.status
    if not status.severity:
        return "No severity yet"
    return status.severity + ("" if status.confirmed else " (not yet confirmed)")


def _since(now: Situation) -> str:
    since = now.impact.since if now.impact.since is not None else now.status.onset
    if since is not None and _is_harm(now):
        return f"since {units.clock(since)} UTC,"
    if now.status.paged_at is not None:
        return f"paged at {units.clock(now.status.paged_at)} UTC,"
    return "so far"


def _who(now: Situation) -> str:
    impact = now.impact
    where = _where(now)
    if impact.wrong_one_in is not None:
        return wording.wrong_decisions(impact.wrong_one_in, where)
    if impact.share is not None:
        named = f"({_name(impact.segment)})" if impact.segment else where
        return f"about {numbers.share(impact.share)} of {impact.of} {named} are affected"
    if now.service_effect:
        return f"{_name(now.status.service)}: {now.service_effect}"
    if _is_harm(now):
        seen = "gives worse answers"
    elif now.inputs_drifted:
        seen = "gets inputs unlike its reference, with no harm measured"
    else:
        seen = "shows no measured harm"
    return f"{_name(now.status.service)} {seen}; who is affected and how many is not yet known"


def _is_harm(now: Situation) -> bool:
    """Whether anything is measured as worse, so that it can be said since when."""
    impact = now.impact
    hurt = impact.wrong_one_in is not None or impact.share is not None
    return hurt or now.answers_are_worse or now.worst_infra is not None


def _where(now: Situation) -> str:
    if now.impact.segment:
        return f"in {_name(now.impact.segment)}"
    return f"of {_name(now.status.service)}"


def _details(impact: Impact) -> list[str]:
    """How many of how many, then how it develops."""
    details = []
    if impact.share is not None and impact.wrong_one_in is not None:
        many = f" ({numbers.count(impact.affected)} so far)" if impact.affected is not None else ""
        details.append(f"affecting {numbers.share(impact.share)} of {impact.of}{many}")
    elif impact.affected is not None:
        details.append(f"{numbers.count(impact.affected)} {impact.of} so far")
    elif impact.share is None and impact.wrong_one_in is not None:
        details.append("how many people is not yet known")
    if impact.trend:
        details.append(impact.trend)
    return details


def _name(text: str) -> str:
    return wording.shortened(text, _NAME_WORDS)
