"""A server of metrics: which version it is, and what it says to each query that is meant for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from cockpit.observe.live.prometheus.client import Client
from cockpit.observe.live.reach.answering import Answer, reached
from cockpit.observe.live.source import SourceFailed
from cockpit.records import SECOND
from cockpit.text import inert
from cockpit.units import duration

if TYPE_CHECKING:
    from cockpit.config import Counter, Prometheus
    from cockpit.observe.live.prometheus.answers import Matrix
    from cockpit.services import ServiceConfig
    from cockpit.views import Reached

_MOST_AHEAD = 5 * SECOND  # by which clocks may differ before it is said
_MOST_LABELS = 8  # that are named


async def server_reached(
    service: ServiceConfig, key: str, server: Prometheus, *, is_first: bool
) -> list[Reached]:
    """The server's own answer and, if there is one, those to the queries of `key`'s server.

    A query that names no server is for the first.
    """
    client = Client(server)
    try:
        head = await reached(key, server.prometheus, _status(client))
        if head.outcome == "failed":
            return [head]
        named = {server.name, ""} if is_first else {server.name}
        asked = [
            reached(source, server.prometheus, asking)
            for source, asking in _questions(service, client, named)
        ]
        return [head, *await asyncio.gather(*asked)]
    finally:
        await client.close()


async def _status(client: Client) -> Answer:
    await client.query("vector(1)")
    try:
        told = (await client.data("/api/v1/status/buildinfo")).get("version")
    except SourceFailed:
        told = None  # not every server that speaks this API says it
    version = f"version {inert(told, 40)}" if isinstance(told, str) and told else "answers queries"
    ahead = client.ahead or 0
    if abs(ahead) <= _MOST_AHEAD:
        return Answer(version)
    side = "ahead of" if ahead > 0 else "behind"
    return Answer(
        f"{version}; its clock is {duration(abs(ahead))} {side} ours", "set both clocks by NTP"
    )


def _questions(
    service: ServiceConfig, client: Client, named: set[str]
) -> Iterator[tuple[str, Awaitable[Answer]]]:
    """Each query for the server: by the key at which it stands."""
    config, place = service.config, service.document.place
    for name, panel in config.panels.items():
        if panel.server in named:
            where = place("panels", name, "query")
            yield f"panels.{inert(name, 80)}", _ask(client, panel.query, [], where)
    for name in ("requests", "errors", "latency"):
        counter: Counter | None = getattr(config.counters, name)
        if counter is not None and counter.server in named:
            labels = [label for label in (counter.version, counter.kind) if label]
            labels += ["le"] if name == "latency" else []
            where = place("counters", name, "series")
            yield f"counters.{name}", _ask(client, counter.series, labels, where)
    for i, feed in enumerate(config.sources.changes):
        if feed.series and feed.server in named:
            where = place("sources", "changes", i, "series")
            labels = [feed.label] if feed.label else []
            yield f"sources.changes[{i}]", _ask(client, feed.series, labels, where)


async def _ask(client: Client, query: str, labels: list[str], where: str) -> Answer:
    """What a query gives now; its series are to have the labels."""
    found = await client.query(query)
    many = len(found.series)
    if not many:
        return Answer("no series", f"look whether it is measured now; it is asked at {where}")
    told = f"{many:,} series"
    lacking = [label for label in labels if not any(label in s.labels for s in found.series)]
    if lacking:
        return Answer(
            f"{told}, none with the label {inert(', '.join(lacking), 80)}",
            f"they have {_labels(found)}; mend {where}",
        )
    if all(np.isnan(series.x).all() for series in found.series):
        return Answer(f"{told}, none with a value", f"NaN is 0/0; look at the query at {where}")
    if found.warning:
        return Answer(f"{told}; {found.warning}", "look at what lies behind the server")
    return Answer(told)


def _labels(found: Matrix) -> str:
    """The names of the labels that the series have, some of them."""
    names = sorted({name for series in found.series for name in series.labels} - {"__name__"})
    more = f" and {len(names) - _MOST_LABELS} more" if len(names) > _MOST_LABELS else ""
    return (inert(", ".join(names[:_MOST_LABELS]), 200) or "no label") + more
