"""The events of a Kubernetes namespace: rollouts are changes, what goes wrong with pods is noted.

A cluster counts an event that happens again, and keeps it for an hour. It is told when it is first
seen, and again whenever its count has doubled. The mark is what was told, by the event's uid.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct, field

from cockpit.observe.events_file import RecordedEvent
from cockpit.observe.live.feeds.kubeconfig import Cluster, auth_of
from cockpit.observe.live.http import Server
from cockpit.observe.live.source import Found, SourceFailed
from cockpit.observe.values import ERA_END, ERA_START, instant
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cockpit.observe.live.source import Asked
    from cockpit.records import Window

# What is told, by its reason, and as what; all else is a pod's ordinary life.
KINDS = {
    "ScalingReplicaSet": "deploy",  # of a Deployment: a new version, or more of one
    "DeploymentRollback": "deploy",
    "RolloutUpdated": "deploy",  # of Argo Rollouts
    "RolloutAborted": "deploy",
    "TrafficWeightUpdated": "traffic",
    "SuccessfulRescale": "note",  # of an autoscaler
    "ProgressDeadlineExceeded": "note",
    "Killing": "note",
    "BackOff": "note",
    "Failed": "note",
    "Unhealthy": "note",
    "Evicted": "note",
    "Preempted": "note",
    "OOMKilled": "note",
    "OOMKilling": "note",
    "SystemOOM": "note",
    "FailedScheduling": "note",
    "FailedMount": "note",
    "NodeNotReady": "note",
}
_PAGE, _MOST_PAGES = 500, 10  # events
_LONGEST_TEXT, _LONGEST_UID = 500, 100


class _Named(Struct):
    uid: str = ""
    kind: str = ""
    name: str = ""


class _Series(Struct, rename="camel"):
    count: int = 0
    last_observed_time: str | None = None


class _Event(Struct, rename="camel"):
    """One event, as core/v1 and events.k8s.io/v1 write it to this address."""

    metadata: _Named
    involved_object: _Named
    reason: str | None = None
    message: str | None = None
    count: int | None = None
    series: _Series | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None

    @property
    def times(self) -> int:
        """How often it happened."""
        return max(1, self.count or 0, self.series.count if self.series else 0)

    @property
    def at(self) -> int | None:
        """When it last happened, µs; None where that cannot be read."""
        last = self.series.last_observed_time if self.series else None
        text = last or self.last_timestamp or self.event_time or self.first_timestamp or ""
        at = instant(text)
        return at if ERA_START <= at < ERA_END else None


class _Page(Struct):
    items: list[msgspec.Raw]
    metadata: dict[str, msgspec.Raw] = field(default_factory=dict)


class ClusterFeed:
    """The events of one namespace that tell of a change, or of something wrong."""

    after = 0
    counts = False

    def __init__(self, name: str, cluster: Cluster, *, namespace: str, every: int) -> None:
        self.name = name
        self.every = every
        self._cluster = cluster
        self._path = f"/api/v1/namespaces/{quote(namespace, safe='')}/events?"
        self._server: Server | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._before: list[_Event] | None = None  # what was there at the first question

    async def ask(self, asked: Asked) -> Found:
        """What happened since the mark. Raises SourceFailed."""
        listed, failing = await self._list()
        told = _counts(asked.mark)
        if told is None:
            if self._before is None:
                self._before = listed
            told = {event.metadata.uid: event.times for event in self._before}
        events = []
        for event in listed:
            if event.times >= 2 * told.get(event.metadata.uid, 0):
                told[event.metadata.uid] = event.times
                events.append(_told(event, asked.now))
        if not failing:  # what the cluster has forgotten need not be remembered
            told = {event.metadata.uid: told[event.metadata.uid] for event in listed}
        mark = msgspec.json.encode(told, order="sorted").decode()
        return Found(mark=mark, events=events, failing=failing)

    async def earlier(self, window: Window) -> AsyncIterator[Found]:
        """What the cluster still remembered at the first question."""
        if self._before is None:
            self._before, _ = await self._list()
        events = [_told(event, window.end) for event in self._before if event.at is not None]
        inside = [event for event in events if window.start <= event.at < window.end]
        if inside:
            yield Found(mark="", events=inside)

    async def close(self) -> None:
        """Let go of connections, and of what stood in the kubeconfig."""
        if self._server is not None:
            await self._server.close()
            self._server = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _list(self) -> tuple[list[_Event], dict[str, str]]:
        """Events worth telling, and what could not be had."""
        server = self._connected()
        found: list[_Event] = []
        unread, following = 0, ""
        for _ in range(_MOST_PAGES):
            query = {"limit": str(_PAGE), **({"continue": following} if following else {})}
            page = _page(await server.get(self._path + urlencode(query)))
            for event in await asyncio.to_thread(_events, page):
                if event is None:
                    unread += 1
                elif event.reason in KINDS:
                    found.append(event)
            following = _following(page)
            if not following:
                break
        failing = {}
        if unread:
            failing["events"] = f"{unread:,} events cannot be read"
        if following:
            failing["namespace"] = f"over {_PAGE * _MOST_PAGES:,} events; the rest is not looked at"
        return found, failing

    def _connected(self) -> Server:
        if self._server is None:
            if self._folder is None:
                self._folder = TemporaryDirectory(prefix="cockpit-")
            auth = auth_of(self._cluster, Path(self._folder.name))
            self._server = Server(self._cluster.address, auth)
        return self._server


def _page(body: bytes) -> _Page:
    try:
        return msgspec.json.decode(body, type=_Page)
    except (msgspec.DecodeError, RecursionError):
        raise SourceFailed("what it says is no list of events") from None


def _following(page: _Page) -> str:
    """The token of the next page; "" where there is none."""
    try:
        return msgspec.json.decode(page.metadata.get("continue", b'""'), type=str)
    except msgspec.DecodeError:
        return ""


def _events(page: _Page) -> list[_Event | None]:
    return [_event(item) for item in page.items]


def _event(item: msgspec.Raw) -> _Event | None:
    """One event; None where it is none that can be told."""
    try:
        event = msgspec.json.decode(item, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    known = 0 < len(event.metadata.uid) <= _LONGEST_UID and event.at is not None
    return event if known else None


def _told(event: _Event, now: int) -> RecordedEvent:
    """The event in words: "Deployment fraud: Scaled up … (ScalingReplicaSet)"."""
    what = event.involved_object
    times = f", {event.times:,} times" if event.times > 1 else ""
    reason = event.reason or ""
    text = f"{what.kind} {what.name}: {event.message or reason} ({reason}{times})"
    at = min(event.at or now, now)
    return RecordedEvent(at, at, KINDS[reason], inert(text, _LONGEST_TEXT), {})


def _counts(mark: str) -> dict[str, int] | None:
    """How often what was told had happened, by uid; None at the first start."""
    try:
        return msgspec.json.decode(mark, type=dict[str, int])
    except msgspec.DecodeError:
        return None
