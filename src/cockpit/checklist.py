"""The opening questions and the tasks of the six phases, as data.

A task marked `measured` is ticked by evidence (`cockpit.decide.triage` says which); the others are
ticked by hand. The order is the order of the work.
"""

from __future__ import annotations

from typing import NamedTuple

from cockpit.views import Phase


class Item(NamedTuple):
    """One question or task: `id` is what the journal keeps."""

    id: str
    text: str
    phase: Phase
    measured: bool = False
    unanswered: str = ""  # how an open question reads among what is not known


QUESTIONS: tuple[Item, ...] = (
    Item("who", "who?", "scope", unanswered="Who is hurt."),
    Item("detected", "detected by", "detection", unanswered="How it was detected."),
    Item(
        "harm",
        "safety, privacy, data loss?",
        "scope",
        unanswered="Whether safety, privacy or data is at stake.",
    ),
    Item("severity", "how bad?", "scope", unanswered="How bad it is."),
    Item("changed", "what changed?", "scope", unanswered="What changed."),
)

TASKS: tuple[Item, ...] = (
    Item("real", "the signal is more than noise", "detection", measured=True),
    Item("page", "acknowledge the page", "detection"),
    Item("commander", "name a commander", "detection"),
    Item("channel", "open one channel", "detection"),
    Item("who_known", "who is hurt, measured", "scope", measured=True),
    Item("since_known", "since when, measured", "scope", measured=True),
    Item("severity_confirmed", "severity confirmed", "scope", measured=True),
    Item("first_update", "first update sent", "scope", measured=True),
    Item("versions_compared", "versions compared on the same traffic", "scope", measured=True),
    Item("choose", "choose", "containment", measured=True),
    Item("do", "do", "containment", measured=True),
    Item("effect", "see the effect", "containment", measured=True),
    Item("pause_retraining", "pause retraining", "containment"),
    Item("freeze_deploys", "freeze deploys", "containment"),
    Item("preserve_logs", "preserve logs", "containment"),
    Item("cause", "name the cause, with evidence for and against", "remediation"),
    Item("fix", "write the fix; a second person reviews it", "remediation"),
    Item("data_fenced", "keep bad rows out of training", "remediation"),
    Item("affected_repaired", "find wrong decisions and put them right", "remediation"),
    Item("undo_ready", "try the way back from the fix", "remediation"),
    Item("power", "work out the sample size for 80 % power", "validation"),
    Item("shadow", "shadow first: the fix scores the same rows", "validation"),
    Item("canary", "run a canary with a control arm", "validation"),
    Item("segment_fine", "worst segment fine again", "validation", measured=True),
    Item("latency_fine", "latency within its objective", "validation", measured=True),
    Item("lifted", "lift containment in steps", "validation"),
    Item("timeline", "read the timeline with those who were there", "postmortem"),
    Item("detection_gap", "say how it could have been seen sooner", "postmortem"),
    Item("regression_test", "add a test or alert that would have caught it", "postmortem"),
    Item("owners", "give every action an owner and a deadline", "postmortem"),
    Item("asks_closed", "every ask answered", "postmortem", measured=True),
    Item("review", "set a review date", "postmortem"),
)

# What is done besides the option itself; each is also a task of containment.
COMPANIONS: tuple[str, ...] = ("pause_retraining", "freeze_deploys", "preserve_logs")

SAFETY_KINDS: tuple[str, ...] = ("safety", "privacy", "data_loss")

_BY_ID = {item.id: item for item in (*QUESTIONS, *TASKS)}


def text_of(item: str) -> str:
    """How a question or task is called; the id itself where it is none of ours."""
    return _BY_ID[item].text if item in _BY_ID else item


def unanswered(question: str) -> str:
    """How an open question reads among what is not known; its own text where nothing is set."""
    item = _BY_ID.get(question)
    return item.unanswered or item.text if item else question
