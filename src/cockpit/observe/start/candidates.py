"""Which of the names a server has are those of something that serves a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cockpit.observe.start.exporters import EXPORTERS, Exporter, Histogram, bare
from cockpit.observe.start.promql import with_suffix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

# A histogram of requests as web servers write it: http_request_duration_seconds,
# http_server_requests_seconds, predict_latency_ms, istio_request_duration_milliseconds, …
_TIMES_REQUESTS = re.compile(
    r"(?:\w+_)?(?:https?|requests?|predict\w*|inference|scoring)_(?:\w+_)?"
    r"(?:duration|latency|latencies|time|seconds|milliseconds|ms)(?:_\w+)?"
)
# What servers say of themselves, of what they ask others, or of no model.
_NOT_SERVING = re.compile(
    r"(?:prometheus|alertmanager|grafana|promhttp|node|go|process|net_conntrack|apiserver|kubelet"
    r"|rest_client|scheduler|workqueue|etcd|loki|tempo|cortex|vm|vmagent)_\w+"
    r"|\w*(?:client|scrape|_size|_bytes|connect|dns|tls|ttfb|queue)\w*"
)
_MILLISECONDS = re.compile(r"\w*_(?:milliseconds|millis|ms)(?:_\w+)?")
_COUNTS_REQUESTS = re.compile(r"(?:\w+_)?(?:https?|requests?|predictions?)_(?:\w+_)?total")
HISTOGRAM = "histogram"
PLAIN = "HTTP histogram"


class Serving(NamedTuple):
    """One exporter as one job shows it."""

    exporter: Exporter
    job: str
    rate: float  # requests a second

    def line(self) -> str:
        """As it stands in a comment: 'vLLM, job chat, 3.1 requests a second'."""
        return f"{self.exporter.name}, job {self.job or 'unnamed'}, {self.rate:.3g} requests/s"


def exporters_in(names: Collection[str], types: Mapping[str, str]) -> list[Exporter]:
    """The exporters that have left metrics among the names, the known ones first.

    `types` are those of metrics by their names without `_bucket`, where they are told.
    """
    known = [each for each in EXPORTERS if any(mark in names for mark in each.marks)]
    own = {bare(h.name) for each in EXPORTERS for h in each.latency}
    return [
        *known,
        *(each for each in _plain(names, types) if bare(each.latency[0].name) not in own),
    ]


def is_plain(exporter: Exporter) -> bool:
    """Whether an exporter is known by how its metrics are called alone."""
    return exporter.name.startswith(PLAIN)


def counting(exporter: Exporter, names: Collection[str]) -> str:
    """The counter that grows with each request; "" where there is none."""
    requests = first_there(exporter.requests, names)
    latency = latency_of(exporter, names)
    if requests or latency is None:
        rates = (s for f in exporter.figures if f.name == "requests" for s in f.series)
        return requests or first_there(rates, names)
    return with_suffix(latency.name, "_count")


def latency_of(exporter: Exporter, names: Collection[str]) -> Histogram | None:
    """The histogram of its requests' times."""
    there = (h for h in exporter.latency if f"{bare(h.name)}_bucket" in names)
    return next(there, None)


def first_there(series: Iterable[str], names: Collection[str]) -> str:
    """The first of several series whose metric is there, else ""."""
    return next((each for each in series if bare(each) in names), "")


def times_requests(name: str) -> bool:
    """Whether a metric is called as times of requests are."""
    return bool(_TIMES_REQUESTS.fullmatch(name)) and not _NOT_SERVING.fullmatch(name)


def request_counters(names: Iterable[str]) -> list[str]:
    """Counters of requests, by how they are called: http_requests_total."""
    return [n for n in names if _COUNTS_REQUESTS.fullmatch(n) and not _NOT_SERVING.fullmatch(n)]


def _plain(names: Iterable[str], types: Mapping[str, str]) -> list[Exporter]:
    found = []
    for name in sorted(names):
        stem = name.removesuffix("_bucket")
        if stem == name or not times_requests(stem) or types.get(stem, HISTOGRAM) != HISTOGRAM:
            continue
        unit = Histogram(stem, "ms") if _MILLISECONDS.fullmatch(stem) else Histogram(stem)
        found.append(Exporter(name=f"{PLAIN} {stem}", latency=(unit,)))
    return found


def chosen(found: Iterable[Serving], service: str) -> list[Serving]:
    """The one to take first, then the others: of the job that is called as the service is, else
    of a known exporter, else with most traffic. A job's known exporter is taken for the job.
    """
    every = list(found)
    known = {each.job for each in every if not is_plain(each.exporter)}
    kept = [each for each in every if not is_plain(each.exporter) or each.job not in known]
    return sorted(
        kept,
        key=lambda each: (each.job != service, is_plain(each.exporter), -each.rate, each.job),
    )
