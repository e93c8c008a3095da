"""What the people who work on it are told: every figure with its interval, sample and moment."""

from __future__ import annotations

from cockpit import numbers, units
from cockpit.brief import tables, wording
from cockpit.brief.actions import actions, deadline, silence
from cockpit.brief.audiences import unanswered
from cockpit.brief.confidence import confidence
from cockpit.brief.executive import figures_line, next_update, safety_line, title
from cockpit.brief.facts import name_of
from cockpit.brief.headline import headline
from cockpit.brief.situation import Situation
from cockpit.brief.tables import Table
from cockpit.config import Config
from cockpit.records import Estimate, Record
from cockpit.views import Chart, Checklist, Knowledge, View

# Rows of the longest tables, tried in this order until the brief is under MOST_WORDS.
MOST_ROWS = (40, 20, 12, 6)
MOST_WORDS = 1_500


class Part(Record, kw_only=True):
    """Known, not known and next of one phase."""

    heading: str
    known: list[str]
    unknown: list[str]
    next: list[str]


class TechnicalBrief(Record, kw_only=True):
    """The parts of the technical brief, in the order they are read."""

    safety: str
    title: str
    headline: str
    sure: str
    basis: str
    next_update: str
    durations: list[str]
    timeline: Table
    parts: list[Part]
    metrics: Table
    charts: list[str]
    drift_sentence: str
    drift: Table
    containment: list[str]
    options_header: str
    options: Table
    trades: list[str]
    assumptions: list[str]
    changes: list[str]
    checks: list[str]
    asks: list[str]
    more_time: list[str]
    gaps: list[str]
    moment: str
    figures: Table


def technical_brief(view: View, config: Config, most_rows: int) -> TechnicalBrief:
    """The technical brief of a view, no table longer than `most_rows`."""
    now = Situation.of(view, config)
    sure = confidence(now)
    options = view.options
    return TechnicalBrief(
        safety=safety_line(view),
        title=title(view, "technical brief"),
        headline=headline(now),
        sure=sure.sentence,
        basis=sure.basis + _method(sure.estimate),
        next_update=next_update(view),
        durations=_durations(view),
        timeline=tables.timeline(view, most_rows),
        parts=[_part(k, view) for k in [view.knowledge, *reversed(view.frozen)]],
        metrics=tables.metrics(view, most_rows),
        charts=[c for c in map(_chart, [*view.model.charts, *view.infra.charts]) if c],
        drift_sentence=wording.sentence(view.model.drift_sentence),
        drift=tables.drift(view.model.drift, most_rows),
        containment=actions(now),
        options_header=wording.sentence(options.header),
        options=tables.options(options.rows, most_rows),
        trades=[f"{r.label}: {r.sentence}" for r in options.rows if r.sentence][:most_rows],
        assumptions=[
            wording.sentence(a)
            for a in [*options.footnotes, *(a.text for a in options.assumptions)]
        ],
        changes=[
            f"{units.clock(c.at, seconds=True)} UTC, {c.kind}: {c.text} ({c.fit})"
            for c in view.infra.changes[:most_rows]
        ],
        checks=_checks(view.checklist),
        asks=_asks(now),
        more_time=_more_time(view),
        gaps=[wording.sentence(n) for n in view.notes],
        moment=figures_line(view),
        figures=tables.figures(view, most_rows),
    )


def _method(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return (
        f" Read from the {numbers.share(estimate.level)} interval of the change in "
        f"{name_of(estimate)} as a normal confidence distribution; not corrected for looking more "
        "than once."
    )


def _durations(view: View) -> list[str]:
    """How long each step took, from its beginning to its end, or to now where it has not ended."""
    status, choice = view.status, view.choice
    steps = [
        ("began to paged", status.onset, status.paged_at),
        ("paged to containment chosen", status.paged_at, choice.chosen_at if choice else None),
        (
            "chosen to executed",
            choice.chosen_at if choice else None,
            choice.executed_at if choice else None,
        ),
    ]
    said = []
    for name, start, end in steps:
        if start is not None:
            length = units.duration((view.at if end is None else end) - start)
            said.append(f"{name}: {length}" + (", still running" if end is None else ""))
    return said


def _part(knowledge: Knowledge, view: View) -> Part:
    frozen = knowledge.frozen_at
    left = f", left at {units.clock(frozen)} UTC" if frozen is not None else ", now"
    return Part(
        heading=knowledge.phase.capitalize() + left,
        known=knowledge.known,
        unknown=[
            " ".join(filter(None, (u.text, u.tells, _whose(u.owner, u.by, view.at))))
            for u in knowledge.unknown
        ],
        next=knowledge.next,
    )


def _whose(owner: str, by: int | None, now: int) -> str:
    who = owner or "no owner yet"
    if by is None:
        return f"({who}, no time set)"
    return f"({who}, by {units.clock_near(by, now)} UTC)"


def _chart(chart: Chart) -> str:
    line = wording.sparkline(chart.points)
    measured = [p for p in chart.points if p is not None]
    if len(measured) < 2:
        return ""
    end = chart.start + chart.step * len(chart.points)
    span = f"{units.clock(chart.start)}–{units.clock(end)} UTC"
    first, last = (wording.quantity(measured[i], chart.unit) for i in (0, -1))
    return f"{chart.title}, {span}: {line} ({first} to {last})"


def _checks(checklist: Checklist) -> list[str]:
    """Questions that were answered, also with "unknown", and tasks that are done."""
    said = []
    for question in checklist.questions:
        answer = "not known" if question.unknown else question.answer
        if answer is not None:
            when = question.answered_at
            at = f" ({units.clock(when)} UTC)" if when is not None else ""
            said.append(f"{question.text} {answer}{at}")
    return said + [f"Done: {task.text}" for task in checklist.tasks if task.done]


def _asks(now: Situation) -> list[str]:
    zone = now.status.timezone
    return [
        f"{ask.who}, {deadline(ask, zone)}: {wording.sentence(ask.what)} "
        + wording.sentence(f"Without an answer: {silence(ask)}")
        for ask in unanswered(now, executives=False)
    ]


def _more_time(view: View) -> list[str]:
    """What is still not known, of this phase and of those that were left, and what would tell."""
    said: dict[str, str] = {}
    for knowledge in (view.knowledge, *reversed(view.frozen)):
        for unknown in knowledge.unknown:
            since = "" if knowledge.frozen_at is None else f" (open since {knowledge.phase})"
            line = " ".join(filter(None, (unknown.text, unknown.tells)))
            said.setdefault(unknown.text.casefold(), line + since)
    return list(said.values())
