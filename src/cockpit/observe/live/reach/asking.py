"""Every source of one service, asked at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cockpit.config.checking_sources import servers_of
from cockpit.observe.live.alertmanager.source import reach as reach_alertmanager
from cockpit.observe.live.reach.answering import Answer, aside, reached
from cockpit.observe.live.reach.feeds import feed_reached
from cockpit.observe.live.reach.log import log_reached
from cockpit.observe.live.reach.metrics import server_reached

if TYPE_CHECKING:
    from cockpit.config import Alertmanager
    from cockpit.services import ServiceConfig
    from cockpit.views import Reached


async def ask_sources(service: ServiceConfig) -> list[Reached]:
    """What each source of a service answers, in the order in which the configuration names them.

    After some seconds a source that has not answered has failed. Nothing is written anywhere.
    """
    sources = service.config.sources
    asked = [
        server_reached(service, key, server, is_first=i == 0)
        for i, (key, server) in enumerate(servers_of(service.config).items())
    ]
    if sources.predictions is not None:
        asked.append(log_reached(service, sources.predictions))
    if sources.alerts is not None:
        asked.append(_alerts_reached(service, sources.alerts))
    for kind, feeds in (("changes", sources.changes), ("reports", sources.reports)):
        asked += [
            feed_reached(service, f"{kind}[{i}]", feed)
            for i, feed in enumerate(feeds)
            if not feed.series  # its server is asked for it
        ]
    return [each for answers in await asyncio.gather(*asked) for each in answers]


async def _alerts_reached(service: ServiceConfig, alerts: Alertmanager) -> list[Reached]:
    async def answer() -> Answer:
        return Answer(await aside(reach_alertmanager, alerts, service.folder))

    return [await reached("sources.alerts", alerts.alertmanager, answer())]
