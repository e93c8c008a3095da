"""Questions to one server with the HTTP API of Prometheus; large answers are decoded in threads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cockpit.observe.live.http import Server, StatusFailed, TooMuch
from cockpit.observe.live.prometheus.answers import (
    Alerts,
    FiringAlert,
    Matrix,
    MetricFacts,
    RawSeries,
    decode,
    decode_series,
    error_in,
)
from cockpit.observe.live.source import SourceFailed
from cockpit.records import SECOND
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cockpit.config import Prometheus

T = TypeVar("T")

MOST_POINTS = 11_000  # of one series that the API gives at once
_LONGEST_ADDRESS = 1_500  # characters of a query that stand in an address; a longer one is posted


class Client:
    """One server of metrics. Every question raises SourceFailed with its cause in a few words."""

    def __init__(self, settings: Prometheus) -> None:
        """Raises BadInput for an address or a duration that is none."""
        self.timeout = parse_duration(settings.timeout)
        self._most_series = settings.most_series
        self._server = Server(
            settings.prometheus, settings.auth, timeout=self.timeout, at_once=settings.at_once
        )

    @property
    def ahead(self) -> int | None:
        """µs by which the server's clock is ahead of ours, to a second; None where it is unsaid."""
        return self._server.ahead

    async def query(self, query: str, at: int | None = None) -> Matrix:
        """The value of a query at a time (µs), else at the server's now: a sample a series."""
        asked = {"query": query}
        if at is not None:
            asked["time"] = _seconds(at)
        return await self._series("/api/v1/query", asked)

    async def query_range(self, query: str, start: int, end: int, step: int) -> Matrix:
        """The values of a query at start, start + step, … up to and with end: µs.

        A range of more than 11,000 points is asked in several parts.
        """
        parts = []
        while start <= end:
            last = min(end, start + (MOST_POINTS - 1) * step)
            asked = {
                "query": query,
                "start": _seconds(start),
                "end": _seconds(last),
                "step": _seconds(step),
            }
            part = await self._series("/api/v1/query_range", asked)
            for series in part.series:
                times = series.at
                if ((times < start) | (times > last) | ((times - start) % step != 0)).any():
                    raise SourceFailed("samples of other times than asked for")
            parts.append(part)
            start = last + step
        return _joined(parts)

    async def label_values(self, label: str, selector: str = "") -> list[str]:
        """The values of a label, of the series selected."""
        query = {"match[]": selector} if selector else {}
        return await self._data(f"/api/v1/label/{label}/values", list[str], query)

    async def label_names(self, selector: str = "") -> list[str]:
        """The names of labels, of the series selected."""
        query = {"match[]": selector} if selector else {}
        return await self._data("/api/v1/labels", list[str], query)

    async def metadata(self) -> dict[str, list[MetricFacts]]:
        """Type, help and unit of each metric, by its name less `_total` or `_bucket`."""
        return await self._data("/api/v1/metadata", dict[str, list[MetricFacts]])

    async def alerts(self) -> list[FiringAlert]:
        """The alerts of the server's own rules, pending ones too."""
        return (await self._data("/api/v1/alerts", Alerts)).alerts

    async def data(self, path: str) -> dict[str, object]:
        """The data of any other page of the API: status, rules, targets."""
        return await self._data(path, dict[str, object])

    async def close(self) -> None:
        """Let go of every connection."""
        await self._server.close()

    async def _series(self, path: str, asked: dict[str, str]) -> Matrix:
        body = await self._body(path, {**asked, "timeout": f"{self.timeout / SECOND:g}s"})
        return await asyncio.to_thread(decode_series, body, self._most_series)

    async def _data(self, path: str, kind: type[T], query: Mapping[str, str] | None = None) -> T:
        body = await self._body(path, query or {})
        found, _ = await asyncio.to_thread(decode, body, kind)
        return found

    async def _body(self, path: str, query: Mapping[str, str]) -> bytes:
        try:
            if sum(map(len, query.values())) > _LONGEST_ADDRESS:
                return await self._server.post(path, form=query)
            return await self._server.get(path, query)
        except StatusFailed as failed:
            if failed.status in (401, 403):
                raise
            said = error_in(self._server.hide(failed.body.decode(errors="replace")).encode())
            words = f"HTTP {failed.status}: {said}" if said else str(failed)
            # 422 and 503 tell of a query that is more than the server computes in its time.
            kind = TooMuch if failed.status in (422, 503) else SourceFailed
            raise kind(words) from None


def _seconds(at: int) -> str:
    """µs as the API takes them: seconds, to the millisecond."""
    whole, rest = divmod(at // 1_000, 1_000)
    return f"{whole}.{rest:03d}" if rest else str(whole)


def _joined(parts: list[Matrix]) -> Matrix:
    """The series of parts of a range that follow one another."""
    if len(parts) == 1:
        return parts[0]
    pieces: dict[tuple[tuple[str, str], ...], list[RawSeries]] = {}
    for part in parts:
        for series in part.series:
            pieces.setdefault(tuple(sorted(series.labels.items())), []).append(series)
    joined = [
        RawSeries(
            found[0].labels,
            np.concatenate([each.at for each in found]),
            np.concatenate([each.x for each in found]),
        )
        for found in pieces.values()
    ]
    return Matrix(joined, next((part.warning for part in parts if part.warning), ""))
