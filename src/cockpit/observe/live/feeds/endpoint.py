"""The address at which CI/CD and support desks post what they did or were told.

    curl -H "Authorization: Bearer $CHANGES_TOKEN" http://127.0.0.1:8099/changes \\
      --data-binary '{"kind": "deploy", "text": "v42 to 100%", "version": "v42"}'

The body is one JSON object, or one on each line; a `time` that is left out is now. All of it is
taken or none. It is on disk before 202 is said: it may be told twice where the answer is lost and
it is sent again, but never not at all.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from cockpit.config.secrets import read_secret
from cockpit.observe.live.feeds.lines import event_in
from cockpit.observe.live.feeds.request import (
    LARGEST_HEAD,
    Refusal,
    answer,
    read_body,
    read_head,
)
from cockpit.observe.live.feeds.spool import SpoolFull
from cockpit.observe.live.source import SourceFailed
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.units import iso

if TYPE_CHECKING:
    from cockpit.config import Secret
    from cockpit.observe.events_file import RecordedEvent
    from cockpit.observe.live.feeds.request import Head
    from cockpit.observe.live.feeds.spool import Spool

_PATIENCE = 10.0  # seconds for a whole request, however slowly it comes
_LINGERS = 1.0  # seconds for the other side to read the answer
_AT_ONCE = 32  # connections


class Endpoint:
    """Listens at an address from `open` to `close`, and spools what is posted to `path`."""

    def __init__(
        self,
        address: tuple[str, int],
        path: str,
        *,
        token: Secret,
        defaults: dict[str, str],
        spool: Spool,
    ) -> None:
        self._host, self._port = address
        self._path = path
        self._token = token
        self._defaults = defaults
        self._spool = spool
        self._server: asyncio.Server | None = None
        self._open = 0
        self.users: set[object] = set()  # for whom it listens

    async def open(self) -> None:
        """Listen, if it does not yet. Raises SourceFailed where that cannot be."""
        if self._server is not None:
            return
        try:
            read_secret(self._token)  # a token that cannot be read is said at once
            self._server = await asyncio.start_server(
                self._serve, self._host, self._port, limit=LARGEST_HEAD
            )
        except BadInput as error:
            raise SourceFailed(str(error)) from None
        except OSError as error:
            words = (error.strerror or "cannot be had").rpartition(": ")[2].lower()
            raise SourceFailed(f"port {self._port}: {inert(words)}") from None

    async def close(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                reply = await self._answered(reader, writer)
        except TimeoutError:
            reply = answer(408, f"send it all within {_PATIENCE:g} s")
        except (EOFError, OSError):
            reply = b""  # whoever asked has gone
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LINGERS):
                writer.write(reply)
                writer.write_eof()
                # Closed with something unread, the answer might never be seen.
                while await reader.read(LARGEST_HEAD):
                    pass
        writer.close()
        self._open -= 1

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        try:
            if self._open > _AT_ONCE:
                raise Refusal(503, "too many connections; send it again")
            head = await read_head(reader)
            self._check(head)
            events = self._events(await read_body(reader, writer, head))
            await asyncio.to_thread(self._spool.add, events)
        except Refusal as refusal:
            return answer(refusal.status, str(refusal))
        except SpoolFull:
            return answer(429, "more than 1 MB within a minute; send it again later")
        except OSError as error:
            return answer(503, f"it cannot be kept: {error.strerror}; send it again later")
        return answer(202, f"{len(events)} taken")

    def _check(self, head: Head) -> None:
        """Raises Refusal for another path, method or token."""
        if head.path != self._path:
            raise Refusal(404, f"post to {self._path}")
        if head.method != "POST":
            raise Refusal(405, f"post to {self._path}")
        kind, _, shown = head.headers.get("authorization", "").partition(" ")
        try:
            token = read_secret(self._token)
        except BadInput:
            raise Refusal(503, "the token is not to be had here; see the cockpit") from None
        # In a time that does not depend on where they differ.
        same = hmac.compare_digest(shown.strip().encode("latin-1"), token.encode())
        if kind.lower() != "bearer" or not same:
            raise Refusal(401, "show the token: Authorization: Bearer …")

    def _events(self, body: bytes) -> list[RecordedEvent]:
        """The events of a body. Raises Refusal naming the line."""
        now = time.time_ns() // 1000
        defaults = {"time": iso(now), **self._defaults}
        lines = [
            (f"line {number}", line)
            for number, line in enumerate(body.split(b"\n"), start=1)
            if line.strip()
        ]
        if not lines:
            raise Refusal(400, 'nothing was posted; send {"kind": "deploy", "text": "…"}')
        try:
            with suppress(BadInput):
                if len(lines) > 1:  # one object, printed on several lines
                    return [event_in(b" ".join(line for _, line in lines), "", defaults, now)]
            return [event_in(line, place, defaults, now) for place, line in lines]
        except BadInput as error:
            raise Refusal(400, inert(error, 500)) from None
