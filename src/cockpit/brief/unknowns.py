"""What is not known yet: each with what would tell, whose it is, and by when."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit import numbers
from cockpit.brief import wording
from cockpit.brief.situation import Situation
from cockpit.checklist import unanswered
from cockpit.views import Phase, Unknown

_WORTHIEST = 2  # more of them would leave no room for what else is not known
_LABELLED_ENOUGH = 0.02  # of decisions without a label: too few to change what is said


def unknowns(phase: Phase, now: Situation) -> list[Unknown]:
    """What is not known in `phase`, what matters most first; never empty."""
    found: dict[str, Unknown] = {}
    for item in _candidates(phase, now):
        found.setdefault(item.text.casefold(), item)
    return list(found.values())


def _candidates(phase: Phase, now: Situation) -> Iterator[Unknown]:
    if phase in ("containment", "remediation", "validation"):
        yield from _effect(now)
    if phase not in ("validation", "postmortem"):
        yield from _worth_knowing(now)
    if phase in ("scope", "containment", "remediation") and not now.options.unknowns:
        yield _fault(now)
    if phase == "postmortem":
        yield _unknown(now, "Why it was not caught before it reached people.", "The timeline.")
    yield from _labels(phase, now)
    yield from _impact(now)
    yield from _questions(phase, now)
    yield from _answers(now)
    yield _of_phase(phase, now)


def _unknown(now: Situation, text: str, tells: str, by: int | None = None) -> Unknown:
    """One of the team's own: due by the next update, unless something tells it sooner or later."""
    return Unknown(text=text, tells=tells, owner=now.owner, by=by or now.next_update)


def _effect(now: Situation) -> Iterator[Unknown]:
    choice = now.choice
    if choice is None or choice.option == "observe" or choice.effect == "seen":
        return
    expected = choice.expected or "fewer people are hurt"
    if choice.executed_at is None and choice.noticed_at is None:
        yield _unknown(now, f"Whether “{choice.label}” helps.", f"Executing it: {expected}.")
    else:
        yield _unknown(
            now, f"Whether “{choice.label}” helps.", f"Watching: {expected}.", choice.due
        )


def _worth_knowing(now: Situation) -> Iterator[Unknown]:
    """What would change the choice of containment if it were known, the worthiest first."""
    for index, worth in enumerate(now.options.unknowns[:_WORTHIEST]):
        text = wording.sentence(worth.sentence or worth.text)
        yield _unknown(now, text, "Worth most." if index == 0 else "")


def _fault(now: Situation) -> Unknown:
    if now.model_is_worse:
        versions = now.config.model.versions
        other = versions.previous or (now.model.versions[1][0] if now.model.versions[1:] else "")
        tells = (
            f"Comparing {other} on the same requests."
            if other
            else "Comparing what goes in with the reference."
        )
        return _unknown(now, "Is the model at fault, or the data that goes in?", tells)
    if now.worst_infra is not None:
        return _unknown(
            now,
            "Is it the load, the capacity or a change that slows or fails requests?",
            "Comparing versions at the same load.",
        )
    return _unknown(
        now, "Is it a fault at all, or chance?", "More requests, or their labels.", now.labels_due
    )


def _labels(phase: Phase, now: Situation) -> Iterator[Unknown]:
    share = now.impact.unlabelled_share
    if share is None or share <= _LABELLED_ENOUGH:
        return
    which = "any recent decision was" if share >= 0.995 else "the newest decisions were"
    tells = f"Labels for the {numbers.share(share)} still without one."
    text = "Whether it holds once all labels are in." if phase == "validation" else ""
    yield _unknown(now, text or f"Whether {which} right.", tells, now.labels_due)


def _impact(now: Situation) -> Iterator[Unknown]:
    for text in now.impact.unknown:
        if now.impact.unlabelled_share is not None and "label" in text.casefold():
            continue  # said, with its share and time, by _labels
        yield _unknown(now, wording.sentence(text), "Shown as soon as it is measured.")


def _questions(phase: Phase, now: Situation) -> Iterator[Unknown]:
    """Questions answered with "unknown" stay unknown in every phase; open ones in their own."""
    for question in now.checklist.questions:
        if question.unknown or (question.answer is None and question.phase == phase):
            proposal = question.proposal
            tells = f"Proposed: {proposal.answer} ({proposal.evidence})." if proposal.answer else ""
            yield _unknown(now, unanswered(question.id), tells)


def _answers(now: Situation) -> Iterator[Unknown]:
    for ask in now.asks:
        if ask.state != "answered":
            yield Unknown(
                text=wording.sentence(f"What {ask.who} says to: {ask.what}"),
                tells=wording.sentence(f"Without an answer: {ask.default}") if ask.default else "",
                owner=ask.who,
                by=ask.deadline,
            )


def _of_phase(phase: Phase, now: Situation) -> Unknown:
    """What no phase is left without asking."""
    match phase:
        case "detection":
            return _unknown(now, "Who else is affected.", "Going through the segments, in scope.")
        case "scope":
            return _unknown(now, "Whether it spreads.", "The same segments at the next update.")
        case "containment":
            return _unknown(now, "How long containment must hold.", "Finding the cause.")
        case "remediation":
            return _unknown(now, "When the lasting repair is ready.", "Its owner's estimate.")
        case "validation":
            return _unknown(now, "Whether it comes back.", "A day without the same sign.")
        case "postmortem":
            return _unknown(now, "What else could fail in the same way.", "The other services.")
