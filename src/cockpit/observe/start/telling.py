"""A server of metrics, asked about itself: which names, labels and values it has now."""

from __future__ import annotations

import re
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from cockpit.observe.live.source import SourceFailed
from cockpit.records import SECOND

if TYPE_CHECKING:
    from cockpit.observe.live.prometheus.client import Client

MOST_NAMES = 50_000  # metric names: more are of no service that one page of settings tells of
_LONGEST_WORD = 1_000
_METRIC = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]{0,199}")
_OFTEN_ENOUGH = 3  # samples of `up` within the time that is looked at


class Telling:
    """What a server tells of itself. Every question may raise SourceFailed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def metric_names(self) -> list[str]:
        """The names of metrics, at most MOST_NAMES of them; those that PromQL can write."""
        every = (await self.label_values("__name__", ""))[:MOST_NAMES]
        return [name for name in every if _METRIC.fullmatch(name)]

    async def metric_types(self) -> dict[str, str]:
        """The type of each metric, by its name less `_total` and `_bucket`; some tell none."""
        told = await self._client.metadata()
        return {name: facts[0].type for name, facts in told.items() if facts}

    async def label_values(self, label: str, selector: str) -> list[str]:
        """The values of a label, in the series of a selector or in all."""
        found = await self._client.label_values(_label(label), selector)
        return [word[:_LONGEST_WORD] for word in found]

    async def label_names(self, selector: str) -> list[str]:
        """The names of labels, in the series of a selector or in all."""
        found = await self._client.label_names(selector)
        return [word[:_LONGEST_WORD] for word in found]

    async def series(self, expr: str) -> list[tuple[dict[str, str], str]]:
        """What an expression is now: labels and value of each series."""
        found = await self._client.query(expr)
        return [(each.labels, f"{each.x[-1]:g}") for each in found.series if each.x.size]

    async def numbers(self, expr: str, label: str) -> dict[str, float]:
        """What an expression is now for each value of a label, the greatest first; not NaN."""
        found = await self._client.query(expr)
        told = {s.labels.get(label, ""): float(s.x[-1]) for s in found.series if s.x.size}
        finite = {value: x for value, x in told.items() if isfinite(x)}
        return dict(sorted(finite.items(), key=lambda each: (-each[1], each[0])))

    async def number(self, expr: str) -> float | None:
        """What an expression is now; None where it is nothing."""
        return next(iter((await self.numbers(expr, "")).values()), None)

    async def alertmanagers(self) -> list[str]:
        """The addresses of those that the server sends its alerts to."""
        told = (await self._client.data("/api/v1/alertmanagers")).get("activeAlertmanagers")
        if not isinstance(told, list):
            return []
        urls = [each.get("url") for each in told if isinstance(each, dict)]
        return [_base(url[:_LONGEST_WORD]) for url in urls if isinstance(url, str)]

    async def scrape_interval(self, matchers: str) -> int | None:
        """The usual time (µs) between two samples of `up`; None where too few tell."""
        gaps: list[int] = []
        found = await self._client.query(f"up{{{matchers}}}[5m]")
        for each in found.series:
            times = each.at.tolist()
            if len(times) >= _OFTEN_ENOUGH:
                gaps += [later - earlier for earlier, later in pairwise(times)]
        if not gaps:
            return None
        usual = sorted(gaps)[len(gaps) // 2]
        return max(round(usual / SECOND), 1) * SECOND

    async def understands(self, query: str) -> str:
        """Why the server takes a query for none; "" where it does not."""
        try:
            await self._client.query(query)
        except SourceFailed as failed:
            said = str(failed)
            if said.startswith(("HTTP 400", "HTTP 422")):
                return said
        return ""

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()


def _base(url: str) -> str:
    """The address of an Alertmanager, of that at which it takes alerts."""
    for path in ("/api/v2/alerts", "/api/v1/alerts"):
        url = url.removesuffix(path)
    return url


def _label(name: str) -> str:
    """A label's name as it may stand in an address: a variable of a dashboard may name any."""
    if not name.replace("_", "a").isalnum() or not name.isascii():
        raise SourceFailed("a label that is none")
    return name
