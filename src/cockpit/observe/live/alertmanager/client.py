"""Questions to one Alertmanager, and what changes something there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cockpit.observe.live.alertmanager.answers import (
    Alert,
    KnownSilence,
    Status,
    decode,
    decode_alerts,
    refusal_in,
)
from cockpit.observe.live.http import Server, StatusFailed
from cockpit.observe.live.source import SourceFailed
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from cockpit.config import Alertmanager


class Client:
    """One Alertmanager. Every question raises SourceFailed with its cause in a few words."""

    def __init__(self, settings: Alertmanager) -> None:
        """Raises BadInput for an address or a duration that is none."""
        timeout = parse_duration(settings.timeout)
        self._server = Server(settings.alertmanager, settings.auth, timeout=timeout)

    @property
    def ahead(self) -> int | None:
        """µs by which the server's clock is ahead of ours, to a second; None where it is unsaid."""
        return self._server.ahead

    async def alerts(self, matchers: Sequence[str] = ()) -> tuple[list[Alert], int]:
        """The alerts that fire and match, silenced ones too; and how many cannot be read."""
        query = urlencode([("filter", matcher) for matcher in matchers])
        body = await self._said(self._server.get(f"/api/v2/alerts?{query}"))
        return await asyncio.to_thread(decode_alerts, body)

    async def silences(self) -> list[KnownSilence]:
        """Every silence, those that have expired of late too."""
        body = await self._said(self._server.get("/api/v2/silences"))
        return await asyncio.to_thread(decode, body, list[KnownSilence])

    async def status(self) -> Status:
        """Which version it is, and since when it runs."""
        return decode(await self._said(self._server.get("/api/v2/status")), Status)

    async def change(self, method: str, path: str, json: object = None) -> bytes:
        """What is said to a request that changes something: it is sent once."""
        return await self._said(self._server.change(method, path, json))

    async def close(self) -> None:
        """Let go of every connection."""
        await self._server.close()

    async def _said(self, answer: Awaitable[bytes]) -> bytes:
        try:
            return await answer
        except StatusFailed as failed:
            if failed.status in (401, 403):
                raise
            said = refusal_in(self._server.hide(failed.body.decode(errors="replace")).encode())
            raise SourceFailed(f"{failed}: {said}" if said else str(failed)) from None
