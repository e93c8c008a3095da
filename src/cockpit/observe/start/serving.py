"""What serves the model: of all that a server of metrics knows, the job with most traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cockpit.config import Panel
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.start.candidates import (
    HISTOGRAM,
    Serving,
    chosen,
    counting,
    exporters_in,
    times_requests,
)
from cockpit.observe.start.figures import query_of
from cockpit.observe.start.promql import matching, narrowed, span
from cockpit.records import MINUTE
from cockpit.text import LONGEST, inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.observe.start.proposal import Proposal
    from cockpit.observe.start.telling import Telling

_LOOKED_AT = "5m"  # the traffic of so long says which job has most
_VERSIONS = ("version", "model_version", "app_version", "revision", "release", "deployment_version")
_MOST_VERSIONS = 20  # values of a label: more are no versions of one model
_OTHERS_NAMED = 8
_RATE_SAMPLES = 4  # in the window of a rate, so that one missed scrape leaves no gap


class Job(NamedTuple):
    """The job that serves, and how its series are told from others."""

    serving: Serving
    matchers: str  # job="chat"
    version: str  # the label that says which version; "" where none does
    versions: tuple[str, ...]
    window: str  # of rates
    counted: str  # the counter that grows with each request, narrowed


async def find_job(
    telling: Telling, names: Sequence[str], interval: int, proposal: Proposal
) -> Job | None:
    """The job that serves; None where none is known. Raises SourceFailed."""
    there = set(names)
    types = await _types(telling)
    ordered = chosen(await _servings(telling, names, types), proposal.service)
    for name, kind in types.items():
        if kind == HISTOGRAM and times_requests(name) and f"{name}_bucket" not in there:
            proposal.lacks(name, "a native histogram, without buckets", "scrape its buckets too")
    if not ordered:
        proposal.lacks(
            "what serves the model",
            "no metric of a known exporter, and no histogram of HTTP requests, is there",
            "name its metrics under counters and panels",
        )
        return None
    first, *others = ordered
    proposal.found.append(first.line())
    proposal.say("counters", f"Of {first.line()}.", first.exporter.about)
    proposal.say("counters", *(f"- not taken: {each.line()}" for each in others[:_OTHERS_NAMED]))
    if len(others) > _OTHERS_NAMED:
        proposal.say("counters", f"- nor {len(others) - _OTHERS_NAMED:,} more")
    matchers = matching({"job": first.job} if first.job else {})
    counted = narrowed(counting(first.exporter, there), matchers)
    version, versions = await _version(telling, first, counted)
    window = span(max(_RATE_SAMPLES * interval, MINUTE))
    return Job(first, matchers, version, versions, window, counted)


def add_figures(names: Sequence[str], job: Job, proposal: Proposal) -> None:
    """The other figures of an exporter, those whose metrics are there."""
    there = set(names)
    proposal.say("panels", f"Rates are those of the last {job.window}.")
    for figure in job.serving.exporter.figures:
        query = query_of(figure, there, job.matchers, job.version, job.window)
        if not query:
            names_of = ", ".join(figure.series)
            proposal.lacks(figure.name, f"none of these metrics is there: {names_of}")
            continue
        panel = Panel(query=query, unit=figure.unit, direction=figure.direction)
        proposal.add_panel(figure.name, panel)


async def _types(telling: Telling) -> dict[str, str]:
    """The type of each metric; none where the server tells none."""
    try:
        return await telling.metric_types()
    except SourceFailed:
        return {}


async def _servings(telling: Telling, names: Sequence[str], types: dict[str, str]) -> list[Serving]:
    """Each exporter and each job that shows it, with its traffic."""
    found = []
    for exporter in exporters_in(names, types):
        counter = counting(exporter, names)
        if not counter:
            continue
        rates = await telling.numbers(f"sum by (job) (rate({counter}[{_LOOKED_AT}]))", "job")
        there = await telling.numbers(f"group by (job) ({counter})", "job")
        # What cannot be printed cannot be named in a configuration either.
        jobs = [job for job in there if inert(job, LONGEST) == job]
        found += [Serving(exporter, job, rates.get(job, 0.0)) for job in jobs]
    return found


async def _version(telling: Telling, serving: Serving, counted: str) -> tuple[str, tuple[str, ...]]:
    """The label that says which version, and its values."""
    labels = set(await telling.label_names(counted))
    for label in (*serving.exporter.version, *_VERSIONS):
        if label in labels:
            values = await telling.label_values(label, counted)
            if 1 <= len(values) <= _MOST_VERSIONS:
                return label, tuple(values)
    return "", ()
