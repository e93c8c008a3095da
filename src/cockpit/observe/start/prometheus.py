"""What a server with the HTTP API of Prometheus is asked about itself: names, labels, values."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from cockpit.observe.live.http import StatusFailed
from cockpit.observe.live.source import SourceFailed
from cockpit.records import SECOND
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from cockpit.observe.live.http import Server

MOST_NAMES = 50_000  # metric names: more are of no service that one page of settings tells of
_MOST_SERIES = 5_000  # of one answer
_LONGEST_WORD = 1_000


class _Reply(msgspec.Struct):
    """Every answer of the API."""

    status: str
    data: Any = None
    error: str = ""


class _Series(msgspec.Struct):
    """One series of an instant query."""

    metric: dict[str, str]
    value: tuple[float, str] = (0.0, "")
    values: list[tuple[float, str]] = []


class _Result(msgspec.Struct):
    """The data of an instant query."""

    result: list[_Series]


class _Metadata(msgspec.Struct):
    """What a target says of one of its metrics."""

    type: str = ""


class Rejected(SourceFailed):
    """The server does not understand a query; its own words."""


class PrometheusServer:
    """A server that tells what it has. Every question raises SourceFailed where it fails."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def label_values(self, label: str, selector: str) -> list[str]:
        """The values of a label, in the series of a selector or in all."""
        query = {"match[]": selector} if selector else {}
        return await self._words(f"/api/v1/label/{_as_path(label)}/values", query)

    async def label_names(self, selector: str) -> list[str]:
        """The names of labels, in the series of a selector or in all."""
        return await self._words("/api/v1/labels", {"match[]": selector} if selector else {})

    async def metric_names(self) -> list[str]:
        """The names of metrics, at most MOST_NAMES of them."""
        return (await self.label_values("__name__", ""))[:MOST_NAMES]

    async def metric_types(self) -> dict[str, str]:
        """The type of each metric by its name without `_total` and `_bucket`; may be empty."""
        data = await self._data("/api/v1/metadata", {"limit_per_metric": "1"})
        try:
            told = msgspec.convert(data, dict[str, list[_Metadata]])
        except msgspec.ValidationError:
            raise SourceFailed("metadata in a form that is not known") from None
        return {name: entries[0].type for name, entries in told.items() if entries}

    async def series(self, expr: str) -> list[tuple[dict[str, str], str]]:
        """What an expression is now: labels and value of each series. Raises Rejected too."""
        return [(found.metric, found.value[1]) for found in await self._query(expr)]

    async def scrape_interval(self, matchers: str) -> int | None:
        """The usual time (µs) between two samples of `up`; null where there are no two."""
        gaps: list[float] = []
        for found in await self._query(f"up{{{matchers}}}[5m]"):
            at = [time for time, _ in found.values]
            gaps += [later - earlier for earlier, later in pairwise(at)]
        if not gaps:
            return None
        usual = sorted(gaps)[len(gaps) // 2]
        return max(round(usual), 1) * SECOND

    async def close(self) -> None:
        """Let go of connections."""
        await self._server.close()

    async def _query(self, expr: str) -> list[_Series]:
        data = await _answered(self._server.post("/api/v1/query", form={"query": expr}))
        try:
            return msgspec.convert(data, _Result).result[:_MOST_SERIES]
        except msgspec.ValidationError:
            return []  # a scalar or a string: no series

    async def _words(self, path: str, query: Mapping[str, str]) -> list[str]:
        data = await self._data(path, query)
        if not isinstance(data, list):
            raise SourceFailed("names in a form that is not known")
        return [word[:_LONGEST_WORD] for word in data if isinstance(word, str)]

    async def _data(self, path: str, query: Mapping[str, str]) -> Any:
        return await _answered(self._server.get(path, query))


async def _answered(asked: Awaitable[bytes]) -> Any:
    """The data of an answer. Raises SourceFailed, and Rejected with the server's own words."""
    try:
        body = await asked
    except StatusFailed as failed:
        if failed.status in (400, 422):
            raise Rejected(_said(failed.body)) from None
        raise
    try:
        reply = msgspec.json.decode(body, type=_Reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SourceFailed("no answer of a Prometheus") from None
    if reply.status != "success":
        raise Rejected(inert(reply.error or "an error"))
    return reply.data


def _as_path(label: str) -> str:
    """A label's name in an address; what is none of a label is left out."""
    return "".join(letter for letter in label if letter.isalnum() or letter in "_")


def _said(body: bytes) -> str:
    try:
        return inert(msgspec.json.decode(body, type=_Reply).error or "an error")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "an error"
