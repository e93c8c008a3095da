"""The timeline: every entry of the journal as one readable, inert line."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.checklist import text_of
from cockpit.incident.state import LONGEST, companions, undone, visible, whole
from cockpit.records import Event
from cockpit.signs import text_of as sign_text
from cockpit.text import inert
from cockpit.units import clock
from cockpit.views import TimelineEntry


def timeline(events: Iterable[Event], at: int) -> list[TimelineEntry]:
    """Everything that had happened and could be known by `at` (µs), in display order."""
    known = visible(events, at)
    by_id = {event.id: event for event in known}
    gone = set(undone(known))
    return [
        TimelineEntry(
            id=event.id,
            at=event.at,
            observed_at=event.observed_at,
            kind=inert(event.kind),
            who=inert(event.who),
            text=_sentence(event, by_id),
            undone=event.id in gone,
        )
        for event in known
    ]


def _sentence(event: Event, by_id: dict[str, Event]) -> str:
    """What the entry says, on one line."""
    return inert(_words(event, by_id), LONGEST)


def _words(event: Event, by_id: dict[str, Event]) -> str:
    match event.kind:
        case "answer":
            return f"{text_of(_get(event, 'question'))} {_get(event, 'answer') or 'unknown'}"
        case "tick":
            return f"done: {text_of(_get(event, 'task'))}"
        case "choose":
            return _chosen(event)
        case "execute":
            choice = by_id.get(_get(event, "choice"))
            return f"executed: {_label(choice) if choice else 'a choice not in this journal'}"
        case "ask":
            return _asked(event)
        case "ask_answer":
            ask = by_id.get(_get(event, "ask"))
            return f"{_get(ask, 'who') if ask else 'someone'} answered: {_get(event, 'answer')}"
        case "phase":
            return f"entered {_get(event, 'phase')}" + _because(event)
        case "severity":
            return _get(event, "severity") + _because(event)
        case "evidence":
            said = f"{sign_text(_get(event, 'sign'))} is {_get(event, 'state')}"
            return f"evidence: {said}" + _because(event)
        case "set":
            return f"set {_get(event, 'key')} to {_get(event, 'value')}" + _because(event)
        case "clear_flag":
            return f"safety mark cleared by {_get(event, 'by')}"
        case "export":
            return f"{_get(event, 'audience')} briefing written to {_get(event, 'path')}"
        case "draft":
            return f"{_get(event, 'audience')} draft saved"
        case "onset":
            onset = whole(event, "onset")
            return "start taken back" if onset is None else f"began {clock(onset)} UTC"
        case "undo":
            target = by_id.get(_get(event, "event"))
            return f"undid: {_words(target, {}) if target else 'an entry not in this journal'}"
        case _:
            return event.text + _details(event)


def _chosen(event: Event) -> str:
    named = [text_of(companion) for companion in companions(event)]
    expected, override = _get(event, "expected"), _get(event, "override")
    stakes = {"protects": _get(event, "guarantee"), "gives up": _get(event, "gain")}
    told = ", ".join(f"{verb} {what}" for verb, what in stakes.items() if what)
    return (
        f"chose {_label(event)}"
        + _because(event)
        + (f"; all the same: {override}" if override else "")
        + (f"; {told}" if told else "")
        + (f"; with {', '.join(named)}" if named else "")
        + (f"; expecting {expected}" if expected else "")
    )


def _asked(event: Event) -> str:
    deadline, default = whole(event, "deadline"), _get(event, "default")
    return (
        f"asked {_get(event, 'who')}: {_get(event, 'what')}"
        + ("" if deadline is None else f", by {clock(deadline)} UTC")
        + (f"; otherwise {default}" if default else "")
    )


def _label(event: Event) -> str:
    return _get(event, "label") or _get(event, "option")


def _because(event: Event) -> str:
    reason = _get(event, "reason")
    return f": {reason}" if reason else ""


def _details(event: Event) -> str:
    """The version and segment of a recorded entry, where its text does not name them."""
    named = [_get(event, key) for key in ("version", "segment")]
    missing = [name for name in named if name and name not in event.text]
    if not missing:
        return ""
    return f" ({', '.join(missing)})" if event.text else ", ".join(missing)


def _get(event: Event, key: str) -> str:
    value = event.data.get(key)
    return value if isinstance(value, str) else ""
