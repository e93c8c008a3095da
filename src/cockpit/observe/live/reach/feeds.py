"""Feeds of changes and reports: the file can be read, the address is free, the cluster answers."""

from __future__ import annotations

import errno
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.config.secrets import read_secret
from cockpit.observe.live.feeds.listening import address_of
from cockpit.observe.live.feeds.opening import open_feed
from cockpit.observe.live.reach.answering import Answer, reached
from cockpit.observe.live.source import Asked, SourceFailed
from cockpit.records import Window
from cockpit.text import inert
from cockpit.units import clock, day

if TYPE_CHECKING:
    from cockpit.config import ChangeFeed
    from cockpit.observe.live.source import Source
    from cockpit.services import ServiceConfig
    from cockpit.views import Reached

_LINE = 'write lines like {"time": "2026-11-03T02:41:00Z", "kind": "deploy", "text": "v42"}'


async def feed_reached(service: ServiceConfig, name: str, feed: ChangeFeed) -> list[Reached]:
    """What the feed called `name` (changes[0]) answers."""
    address = inert(feed.file or feed.listen or feed.kubernetes, 200)
    return [await reached(f"sources.{name}", address, _answer(service, name, feed))]


async def _answer(service: ServiceConfig, name: str, feed: ChangeFeed) -> Answer:
    if feed.listen:
        return _listening(feed)
    source = open_feed(name, feed, beside=service.folder, state_folder=service.folder)
    try:
        if feed.file:
            return await _file(source, service.folder / Path(feed.file).expanduser())
        return await _cluster(source)
    finally:
        await source.close()


async def _file(source: Source, path: Path) -> Answer:
    if not path.exists():
        return Answer("no such file yet", "whoever tells of changes begins it; or mend the path")
    if not os.access(path, os.R_OK):
        raise SourceFailed("Permission denied")
    async for found in source.earlier(Window(start=0, end=_now())):
        newest = found.events[-1]
        at = f"{day(newest.at)} {clock(newest.at, seconds=True)}"
        return Answer(f"newest event {at}: {newest.kind}")
    if path.stat().st_size:
        return Answer("no line of it is an event", _LINE)
    return Answer("empty so far")


def _listening(feed: ChangeFeed) -> Answer:
    """Whether we could listen there; whoever posts must show a token that we can read."""
    if feed.token is not None:
        read_secret(feed.token)
    host, port = address_of(feed.listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return Answer("taken", "nothing, if a recorder of ours runs; else another port")
            raise SourceFailed(f"cannot listen there: {error.strerror}") from None
    return Answer("free to listen at")


async def _cluster(source: Source) -> Answer:
    found = await source.ask(Asked(_now(), "", closing=False))
    if found.failing:
        return Answer(next(iter(found.failing.values())), "nothing; the rest is told")
    return Answer("its events can be read")


def _now() -> int:
    return time.time_ns() // 1_000
