"""A feed of what others post to an address of ours: the endpoint, and the file it spools to.

What was posted waits in that file until it is asked for. Several services of one configuration
have the same address: one endpoint listens for them, and each reads the file for itself.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, NamedTuple

from cockpit.observe.live.feeds.endpoint import Endpoint
from cockpit.observe.live.feeds.file import FileFeed
from cockpit.observe.live.feeds.spool import Spool
from cockpit.observe.live.source import SourceFailed
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cockpit.config import Secret
    from cockpit.observe.live.source import Asked, Found
    from cockpit.records import Window

LOOPBACK = "127.0.0.1"
_ADDRESS = re.compile(r"(?:(?P<host>\[[0-9a-fA-F:.]+\]|[\w.-]*):)?(?P<port>\d{1,5})")


def address_of(text: str) -> tuple[str, int]:
    """'127.0.0.1:8099', '[::1]:8099'; '8099' and ':8099' are of loopback. Raises BadInput."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or not 0 < int(found["port"]) < 1 << 16:
        raise BadInput(f"'{inert(text, 60)}' is no address to listen at; write 127.0.0.1:8099")
    return (found["host"] or LOOPBACK).strip("[]"), int(found["port"])


class Posted(NamedTuple):
    """What is posted: where (`listen`, `path`), with which token, and how its lines are kept."""

    listen: str
    path: str
    token: Secret
    kind: str
    spool: Path


class ListeningFeed:
    """The events that others post."""

    after = 0
    counts = False

    def __init__(self, name: str, posted: Posted, *, every: int) -> None:
        self.name = name
        self.every = every
        self._posted = posted
        self._spool = Spool(posted.spool)
        self._address = address_of(posted.listen)
        self._file = FileFeed(name, posted.spool, defaults={"kind": posted.kind}, every=every)

    async def ask(self, asked: Asked) -> Found:
        """What was posted since the mark. Raises SourceFailed, also where we cannot listen."""
        try:
            await asyncio.to_thread(self._spool.begin)
        except OSError as error:
            raise SourceFailed(f"what is posted cannot be kept: {error.strerror}") from None
        found = await self._file.ask(asked)  # first where it goes on from, then what may be posted
        await self._listen()
        return found

    def earlier(self, window: Window) -> AsyncIterator[Found]:
        """What was posted to an earlier recorder."""
        return self._file.earlier(window)

    async def close(self) -> None:
        """Listen no longer, once no other service does."""
        endpoint = _endpoints.get(self._posted)
        if endpoint is None:
            return
        endpoint.users.discard(self)
        if not endpoint.users:
            del _endpoints[self._posted]
            await endpoint.close()

    async def _listen(self) -> None:
        endpoint = _endpoints.get(self._posted)
        if endpoint is None:
            endpoint = _endpoints[self._posted] = Endpoint(
                self._address,
                self._posted.path,
                token=self._posted.token,
                defaults={"kind": self._posted.kind},
                spool=self._spool,
            )
        endpoint.users.add(self)
        await endpoint.open()


_endpoints: dict[Posted, Endpoint] = {}  # what this process listens to
