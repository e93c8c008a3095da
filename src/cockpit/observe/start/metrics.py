"""A server of metrics, looked at: what serves, its figures, its changes and its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cockpit.observe.live.source import SourceFailed
from cockpit.observe.start.counters import add_counters, most_series
from cockpit.observe.start.serving import add_figures, find_job
from cockpit.observe.start.surroundings import add_alertmanager, add_changes, add_processes
from cockpit.records import SECOND
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from cockpit.config import Prometheus
    from cockpit.observe.start.proposal import Proposal
    from cockpit.observe.start.telling import Telling


async def add_metrics(telling: Telling, settings: Prometheus, proposal: Proposal) -> int:
    """Add what a server tells; its scrape interval (µs). Raises SourceFailed where it answers not.

    What it cannot tell later on is named as missing.
    """
    names = await telling.metric_names()
    proposal.found.append(f"{len(names):,} metrics of {settings.prometheus}")
    proposal.metrics = settings
    interval = await telling.scrape_interval("") or parse_duration(settings.every)
    job = await find_job(telling, names, interval, proposal)
    if job is not None:
        if not proposal.service:
            proposal.service = job.serving.job.strip()
            proposal.say("service", "As its job is called; write what people call it.")
        interval = await telling.scrape_interval(job.matchers) or interval
        await add_counters(telling, names, job, proposal)
        add_figures(names, job, proposal)
        try:
            await add_processes(telling, names, job, proposal)
            await add_changes(telling, names, job, proposal)
            many = await most_series(telling, proposal)
        except SourceFailed as failed:
            proposal.lacks("processes and changes", str(failed))
            many = 0
        if many > settings.most_series:
            settings = msgspec.structs.replace(settings, most_series=2 * many)
            proposal.say("sources.metrics", f"Its largest counter has {many:,} series.")
    proposal.metrics = msgspec.structs.replace(settings, every=f"{interval // SECOND}s")
    await add_alertmanager(telling, proposal)
    return interval
