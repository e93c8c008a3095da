"""Requests, errors and latency of what serves, as counters of a configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cockpit.config import Counter, Counters
from cockpit.observe.start.candidates import first_there, is_plain, latency_of, request_counters
from cockpit.observe.start.exporters import SERVER_ERRORS
from cockpit.observe.start.promql import narrowed, quoted, with_suffix
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.observe.start.exporters import Histogram
    from cockpit.observe.start.proposal import Proposal
    from cockpit.observe.start.serving import Job
    from cockpit.observe.start.telling import Telling

_STATUS = (
    "status",
    "code",
    "status_code",
    "http_status",
    "http_status_code",
    "http_response_status_code",
    "response_code",
)
_ROUTES = ("handler", "path", "route", "http_route", "endpoint", "uri", "url")
_NO_REQUEST = "/?(metrics|health.*|.*healthz?|livez?|readyz?|ping|docs|openapi.json)"
_MOST_ROUTES = 20
_MOST_SERIES = 20_000  # of one question: more make each beat too long


async def add_counters(
    telling: Telling, names: Sequence[str], job: Job, proposal: Proposal
) -> None:
    """Requests, errors and latency of a job. Raises SourceFailed."""
    there = set(names)
    exporter = job.serving.exporter
    latency = latency_of(exporter, there)
    counters = Counters()
    requests = _narrowed(first_there(exporter.requests, there), job)
    errors = _narrowed(first_there(exporter.errors, there), job)
    kind = exporter.kind
    if latency is not None and is_plain(exporter):
        requests, errors, kind, latency = await _of_http(telling, there, job, latency)
    if latency is not None:
        series = narrowed(with_suffix(latency.name, "_bucket"), job.matchers)
        counter = Counter(series=series, version=job.version, unit=latency.unit)
        counters = Counters(latency=counter)
        if not requests:
            proposal.say("counters.latency", "Its count is that of requests too.")
    if requests:
        counter = Counter(series=requests, version=job.version)
        counters = Counters(requests=counter, latency=counters.latency)
    if errors and counters != Counters():
        failed = Counter(series=errors, version=job.version, kind=kind)
        counters = Counters(requests=counters.requests, errors=failed, latency=counters.latency)
    else:
        proposal.lacks("errors", f"{exporter.name} counts none of job {job.serving.job}")
    if latency is None:
        proposal.lacks("latency", f"{exporter.name} has no histogram of it")
    proposal.counters = counters
    if job.version:
        shown = ", ".join(inert(v, 40) for v in job.versions)
        proposal.say("counters", f"Versions by the label {job.version}, now: {shown}.")
    elif counters != Counters():
        proposal.lacks(
            "versions",
            f"no label of {exporter.name} says which version serves",
            "all requests count for model.versions.current",
        )


async def most_series(telling: Telling, proposal: Proposal) -> int:
    """How many series the largest counter has. Raises SourceFailed."""
    largest = 0.0
    for counter in (proposal.counters.requests, proposal.counters.latency):
        if counter is not None:
            largest = max(largest, await telling.number(f"count({counter.series})") or 0.0)
    if largest > _MOST_SERIES:
        proposal.lacks(
            "latency and requests in full",
            f"their counters have {largest:,.0f} series, over {_MOST_SERIES:,}",
            "narrow them with labels",
        )
    return min(int(largest), _MOST_SERIES)


def _narrowed(series: str, job: Job) -> str:
    return narrowed(series, job.matchers) if series else ""


async def _of_http(
    telling: Telling, there: set[str], job: Job, latency: Histogram
) -> tuple[str, str, str, Histogram]:
    """Requests, errors, the label of their status, and latency, all without health checks.

    The status stands on the histogram itself, else on a counter beside it.
    """
    serving = await _without_checks(telling, job.counted, job.matchers)
    latency = latency._replace(name=narrowed(latency.name, serving))
    own = narrowed(with_suffix(latency.name, "_count"), job.matchers)
    status = await _status(telling, own)
    if status:
        return "", _failed(own, status), status, latency
    for counter in request_counters(sorted(there)):
        selected = narrowed(counter, job.matchers)
        status = await _status(telling, selected)
        if status:
            selected = narrowed(selected, await _without_checks(telling, selected, ""))
            return selected, _failed(selected, status), status, latency
    return "", "", "", latency


async def _status(telling: Telling, selected: str) -> str:
    labels = set(await telling.label_names(selected))
    return next((each for each in _STATUS if each in labels), "")


def _failed(series: str, status: str) -> str:
    return narrowed(series, f"{status}=~{quoted(SERVER_ERRORS)}")


async def _without_checks(telling: Telling, selected: str, matchers: str) -> str:
    """The matcher that leaves out what asks whether the server is well, where such is counted."""
    labels = set(await telling.label_names(selected))
    for label in _ROUTES:
        if label in labels:
            asked = narrowed(selected, f"{label}=~{quoted(_NO_REQUEST)}")
            checks = await telling.label_values(label, asked)
            if checks:
                return f"{label}!~{quoted('|'.join(map(re.escape, checks[:_MOST_ROUTES])))}"
    return ""
