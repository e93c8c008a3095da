"""The alerts of an Alertmanager as events: when each began, was silenced, and ended.

Each is told once, as an alert or a page, when it begins to reach people: one that is silenced from
the start is told as a silence until that ends, and one that another alert inhibits not at all. The
mark is what was told of each alert that fires, by its fingerprint and its start.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct

from cockpit.observe.events_file import ENDED, SILENCE, RecordedEvent
from cockpit.observe.live.alertmanager.client import Client
from cockpit.observe.live.source import Found, SourceFailed
from cockpit.records import MINUTE, naming
from cockpit.text import inert
from cockpit.units import clock_near, parse_duration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from cockpit.config import Alertmanager
    from cockpit.observe.live.alertmanager.answers import Alert, KnownSilence
    from cockpit.observe.live.source import Asked
    from cockpit.records import Window

_KINDS = ("page", "alert", ENDED, SILENCE)  # what goes first where there is too much to tell
_MOST_FOLLOWED = 1_000  # alerts
_MOST_TOLD = 50  # events of one answer: more are a storm, of which this many tell enough
_LONGEST_TEXT = 500
# An Alertmanager forgets its alerts when it is started, and hears of them again within minutes:
# so young, what it does not know of has not ended.
_FORGETS = 3 * MINUTE


class _Told(Struct, frozen=True, array_like=True):
    """What was told of an alert that fires."""

    name: str
    title: str
    reached_people: bool  # as an alert or a page
    silence: str = ""  # the id of the silence it was told to be under


class _News(NamedTuple):
    """What is to be told now, and what has been told once it is."""

    told: dict[str, _Told]
    events: list[RecordedEvent]


class AlertmanagerSource:
    """The alerts of one Alertmanager."""

    name = "alerts"
    after = 0
    counts = False

    def __init__(self, settings: Alertmanager) -> None:
        """Raises BadInput naming the key."""
        with naming("sources.alerts"):
            self._client = Client(settings)
            self.every = parse_duration(settings.every)
        self._matchers = settings.matchers
        self._pages = frozenset(settings.pages)

    async def ask(self, asked: Asked) -> Found:
        """What began, was silenced or ended since the mark. Raises SourceFailed."""
        before = _read(asked.mark)
        alerts, unread = await self._client.alerts(self._matchers)
        followed = self._followed(alerts, before)
        failing = {}
        if unread:
            failing["unread"] = f"{unread:,} alerts cannot be read"
        if len(followed) < len(alerts):
            failing["storm"] = f"{len(alerts):,} alerts; {_MOST_FOLLOWED:,} of them are followed"
        silences: dict[str, KnownSilence] = {}
        if any(_is_newly_silenced(alert, before) for alert in followed):
            try:
                silences = {each.id: each for each in await self._client.silences()}
            except SourceFailed as error:
                failing["silences"] = str(error)
        told, events = self._begun(followed, before, silences, asked.now)
        missing = {key: before[key] for key in before.keys() - {alert.key for alert in alerts}}
        if missing and (unread or await self._forgets(asked.now)):
            told |= missing
        else:
            events += [
                _event(ENDED, asked.now, f"{each.title} has ended", each.name)
                for each in missing.values()
            ]
        mark = msgspec.json.encode(told, order="sorted").decode()
        return Found(mark=mark, events=_bounded(events, asked.now), failing=failing)

    async def earlier(self, window: Window) -> AsyncIterator[Found]:
        """An Alertmanager remembers nothing that has ended."""
        nothing: tuple[Found, ...] = ()
        for found in nothing:
            yield found

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    def _followed(self, alerts: list[Alert], before: Mapping[str, _Told]) -> list[Alert]:
        """As many as can be followed: known ones first, then pages, then the oldest."""
        if len(alerts) <= _MOST_FOLLOWED:
            return alerts
        order = sorted(
            alerts,
            key=lambda a: (a.key not in before, not a.goes_to(self._pages), a.began or 0, a.key),
        )
        return order[:_MOST_FOLLOWED]

    def _begun(
        self,
        alerts: Sequence[Alert],
        before: Mapping[str, _Told],
        silences: Mapping[str, KnownSilence],
        now: int,
    ) -> _News:
        """What fires, and what of it is to be told."""
        told: dict[str, _Told] = {}
        events = []
        for alert in alerts:
            was = before.get(alert.key)
            silence = alert.silenced_by
            if was is None and alert.is_inhibited:
                continue
            reached = was is not None and was.reached_people
            if silence and (was is None or was.silence != silence):
                said = f"{alert.title} is silenced{_details(silences.get(silence), now)}"
                events.append(_event(SILENCE, now, said, alert.name))
            elif not silence and not reached and not alert.is_inhibited:
                kind = "page" if alert.goes_to(self._pages) else "alert"
                began = now if alert.began is None else min(alert.began, now)
                events.append(_event(kind, began, alert.words, alert.name))
                reached = True
            elif not silence and was is not None and was.silence:
                said = f"{alert.title} is no longer silenced"
                events.append(_event(SILENCE, now, said, alert.name))
            told[alert.key] = _Told(alert.name, alert.title, reached, silence)
        return _News(told, events)

    async def _forgets(self, now: int) -> bool:
        began = (await self._client.status()).began
        return began is not None and now - began < _FORGETS


def reach(settings: Alertmanager, folder: Path) -> str:
    """'Alertmanager 0.25, 3 alerts'; of a server, nothing lies in `folder`.

    Raises SourceFailed, BadInput.
    """
    return asyncio.run(_reach(settings))


async def _reach(settings: Alertmanager) -> str:
    client = Client(settings)
    try:
        status = await client.status()
        alerts, _ = await client.alerts(settings.matchers)
    finally:
        await client.close()
    many = f"{len(alerts):,} alert{'' if len(alerts) == 1 else 's'}"
    return f"Alertmanager {status.version or 'of no said version'}, {many}"


def _is_newly_silenced(alert: Alert, before: Mapping[str, _Told]) -> bool:
    was = before.get(alert.key)
    return bool(alert.silenced_by) and (was is None or was.silence != alert.silenced_by)


def _details(silence: KnownSilence | None, now: int) -> str:
    """' until 12:30 UTC by ann: planned work'; "" where nothing is known of it."""
    if silence is None:
        return ""
    until = "" if silence.ends is None else f" until {clock_near(silence.ends, now)} UTC"
    by = f" by {inert(silence.created_by, 80)}" if silence.created_by else ""
    return f"{until}{by}" + (f": {inert(silence.comment)}" if silence.comment else "")


def _event(kind: str, at: int, text: str, name: str) -> RecordedEvent:
    return RecordedEvent(at, at, kind, inert(text, _LONGEST_TEXT), {"alert": name})


def _bounded(events: list[RecordedEvent], now: int) -> list[RecordedEvent]:
    """What matters most first, and the rest as one event."""
    events.sort(key=lambda event: (_KINDS.index(event.kind), event.at, event.text))
    if len(events) <= _MOST_TOLD:
        return events
    rest = events[_MOST_TOLD:]
    kept = events[:_MOST_TOLD]
    return [*kept, RecordedEvent(now, now, rest[0].kind, f"and {len(rest):,} more at once", {})]


def _read(mark: str) -> dict[str, _Told]:
    try:
        return msgspec.json.decode(mark, type=dict[str, _Told])
    except msgspec.DecodeError:
        return {}  # the first question
