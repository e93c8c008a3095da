"""What an executive is told: what happens, how sure we are, what is done, what is asked of them."""

from __future__ import annotations

from cockpit import units
from cockpit.brief import facts, wording
from cockpit.brief.actions import actions, deadline, silence
from cockpit.brief.audiences import unanswered
from cockpit.brief.confidence import confidence
from cockpit.brief.headline import headline
from cockpit.brief.knowledge import containment_state
from cockpit.brief.situation import Situation
from cockpit.config import Config
from cockpit.reading import LONGEST_SUMMARY
from cockpit.records import Event, Record
from cockpit.views import Ask, Unknown, View


class Limits(Record, kw_only=True):
    """How much is said: entries of a list, and words of one sentence."""

    entries: int
    words: int


# Tried in this order until the brief is short enough to be read aloud in 90 s.
LIMITS = (
    Limits(entries=3, words=36),
    Limits(entries=2, words=36),
    Limits(entries=1, words=36),
    Limits(entries=1, words=20),
    Limits(entries=1, words=8),
)
MOST_WORDS = LONGEST_SUMMARY


class ExecutiveBrief(Record, kw_only=True):
    """The parts of the executive brief, in the order they are read."""

    safety: str
    title: str
    headline: str
    correction: str
    sure: str
    basis: str
    actions: list[str]
    ask: str
    known: list[str]
    unknown: list[str]
    next: list[str]
    next_update: str
    figures: str


def executive_brief(
    view: View, config: Config, limits: Limits, previous_export: Event | None
) -> ExecutiveBrief:
    """The executive brief of a view, within the given limits."""
    now = Situation.of(view, config)

    def cut(text: str) -> str:
        return wording.shortened(text, limits.words)

    zone = view.status.timezone
    sure = confidence(now)
    known = _not_said_above(view.knowledge.known, now)
    return ExecutiveBrief(
        safety=safety_line(view),
        title=title(view, "update for executives"),
        headline=headline(now),
        correction=_correction(view, previous_export),
        sure=wording.shortened(sure.sentence, 2 * limits.words),  # its end says what is likely
        basis=cut(sure.basis),
        actions=[cut(a) for a in actions(now)],
        ask=_ask(unanswered(now, executives=True), zone, limits.words),
        known=[cut(k) for k in known[: limits.entries]],
        unknown=[
            f"{cut(u.text)} {_owned(u, view.at)}" for u in view.knowledge.unknown[: limits.entries]
        ],
        next=[cut(n) for n in view.knowledge.next[: limits.entries]],
        next_update=next_update(view),
        figures=figures_line(view) + " Intervals and samples: technical brief.",
    )


def safety_line(view: View) -> str:
    """'SAFETY: …', the first line of every brief once it is marked; '' otherwise."""
    mark = wording.shortened(view.status.safety, 3)
    if not mark:
        return ""
    return f"{mark.upper()}: SEV0 whatever is measured; contain first, keep the evidence."


def title(view: View, what: str) -> str:
    """'card-fraud: update for executives, 2026-11-03 02:51 UTC (03:51 CET)'."""
    service = wording.shortened(view.status.service, 5)
    moment = f"{units.day(view.at)} {wording.clocks(view.at, view.status.timezone)}"
    return f"{service}: {what}, {moment}"


def next_update(view: View) -> str:
    """When the next update is due, on both clocks."""
    due = view.status.update_due
    if due is None:
        return "none is due, for no incident was declared."
    when = wording.clocks(due, view.status.timezone, view.at)
    if due <= view.at:
        return f"was due at {when}; it is {units.duration(view.at - due)} late."
    return f"by {when}."


def figures_line(view: View) -> str:
    """The moment all figures belong to."""
    return (
        f"Figures as of {units.clock(view.at, seconds=True)} UTC, from what was observed by "
        f"{units.clock(view.as_of, seconds=True)} UTC, over {wording.span(view.window)}; "
        f"recording {view.recording[:12]}."
    )


def _ask(waiting: list[Ask], zone: str, words: int) -> str:
    """The one ask that is the reader's: what, who, by when, and what silence means."""
    if not waiting:
        return "Nothing is asked of you now."
    ask = waiting[0]
    what = wording.shortened(ask.what, words)
    who = wording.shortened(ask.who, 4)
    otherwise = wording.sentence(f"Without an answer: {wording.shortened(silence(ask), words)}")
    return f"{wording.sentence(f'{what}, {deadline(ask, zone)}; owner: {who}')} {otherwise}"


def _owned(unknown: Unknown, now: int) -> str:
    """'(Ada, by 03:20 UTC)': whose it is and by when."""
    owner = wording.shortened(unknown.owner, 4) or "no owner yet"
    if unknown.by is None:
        return f"({owner}, no time set)"
    return f"({owner}, by {units.clock_near(unknown.by, now)} UTC)"


def _not_said_above(known: list[str], now: Situation) -> list[str]:
    """What is known beyond the headline and the actions; the first sentence where that is all."""
    said = {now.who_is_hurt, wording.sentence(containment_state(now))}
    if now.impact.wrong_one_in is None and now.impact.share is None:
        said.add(wording.sentence(now.service_effect))
    return [k for k in known if k not in said] or known[:1]


def _correction(view: View, previous_export: Event | None) -> str:
    """Says so when fewer are affected than the last brief said: first numbers are remembered."""
    before, after = facts.of_export(previous_export), facts.facts(view)
    if previous_export is None:
        return ""
    for name in ("affected", "affected share"):
        old, new = before.get(name), after.get(name)
        if old is None or new is None or old.value is None or new.value is None:
            continue
        if old.unit == new.unit and new.value < old.value:
            when = units.clock(previous_export.at)
            return f"Corrected: the update of {when} UTC said {old.text}; it is {new.text}."
    return ""
