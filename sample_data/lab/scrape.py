"""Reading `/metrics` each second and making the figures of a dashboard of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

Sample = dict[tuple[str, frozenset[tuple[str, str]]], float]
WINDOW_SECONDS = 60.0

_LINE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)$")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


def parse_exposition(text: str) -> Sample:
    """Prometheus text as {(name, labels): value}; comment lines are passed over."""
    sample: Sample = {}
    for line in text.splitlines():
        if match := _LINE.match(line):
            labels = frozenset(_LABEL.findall(match["labels"] or ""))
            sample[match["name"], labels] = float(match["value"])
    return sample


def histogram_quantile(quantile: float, buckets: dict[float, float]) -> float | None:
    """The quantile of cumulative counts by upper bound, linear within a bucket; None if empty.

    The same rule as Prometheus' function of that name: the last finite bound is the largest answer.
    """
    bounds = sorted(buckets)
    counts = [buckets[bound] for bound in bounds]
    if not bounds or counts[-1] <= 0:
        return None
    rank = quantile * counts[-1]
    index = bisect_left(counts, rank)
    if bounds[index] == float("inf"):
        return bounds[index - 1]
    below = counts[index - 1] if index else 0.0
    lower = bounds[index - 1] if index else 0.0
    return lower + (bounds[index] - lower) * (rank - below) / (counts[index] - below)


@dataclass(frozen=True)
class Row:
    """One figure of one second; version or region is empty where it holds for all."""

    name: str
    value: float
    version: str = ""
    region: str = ""


@dataclass
class Dashboard:
    """The scrapes of the last minute and the figures made of them."""

    scrapes: deque[tuple[float, Sample]] = field(default_factory=deque)

    def add(self, at: float, sample: Sample) -> list[Row]:
        """Take in one scrape (`at` in seconds) and return the figures of that second."""
        self.scrapes.append((at, sample))
        while self.scrapes[0][0] < at - WINDOW_SECONDS - 0.5:
            self.scrapes.popleft()
        rows = []
        for version in ("", *sorted(_values(sample, "fraud_warm_replicas", "version"))):
            rows += self._traffic(version) + self._latency(version) + self._capacity(version)
        rows += self._review_rates()
        seconds = at - self.scrapes[0][0]
        if seconds > 0:
            rows.append(Row("cpu", self._increase("process_cpu_seconds_total") / seconds))
        return rows

    def _increase(self, name: str, **wanted: str) -> float:
        (_, first), (_, last) = self.scrapes[0], self.scrapes[-1]
        return _sum(last, name, wanted) - _sum(first, name, wanted)

    def _traffic(self, version: str) -> list[Row]:
        wanted = {"version": version} if version else {}
        requests = self._increase("fraud_request_seconds_count", **wanted)
        errors = self._increase("fraud_errors_total", **wanted)
        if len(self.scrapes) < 2:
            return []
        (before, first), (at, last) = self.scrapes[-2], self.scrapes[-1]
        name = "fraud_request_seconds_count"
        rate = (_sum(last, name, wanted) - _sum(first, name, wanted)) / (at - before)
        rows = [Row("requests_per_second", rate, version)]
        if requests > 0:
            rows.append(Row("error_rate", errors / requests, version))
        return rows

    def _latency(self, version: str) -> list[Row]:
        (_, first), (_, last) = self.scrapes[0], self.scrapes[-1]
        buckets: dict[float, float] = {}
        for (name, labels), value in last.items():
            given = dict(labels)
            if name != "fraud_request_seconds_bucket" or version not in ("", given["version"]):
                continue
            bound = float(given["le"])
            grown = value - first.get((name, labels), 0.0)
            buckets[bound] = buckets.get(bound, 0.0) + grown
        rows = []
        for percent in (50, 95, 99):
            seconds = histogram_quantile(percent / 100.0, buckets)
            if seconds is not None:
                rows.append(Row(f"latency_p{percent}", seconds * 1e3, version))
        return rows

    def _capacity(self, version: str) -> list[Row]:
        wanted = {"version": version} if version else {}
        sample = self.scrapes[-1][1]
        warm = _sum(sample, "fraud_warm_replicas", wanted)
        rows = [Row("warm_replicas", warm, version)] if version else []
        if warm > 0:
            in_flight = _sum(sample, "fraud_in_flight", wanted)
            rows.append(Row("saturation", in_flight / warm, version))
        return rows

    def _review_rates(self) -> list[Row]:
        rows = []
        name = "fraud_decisions_total"
        for region in ("", *sorted(_values(self.scrapes[-1][1], name, "region"))):
            wanted = {"region": region} if region else {}
            reviewed = self._increase(name, review="1", **wanted)
            decided = self._increase(name, **wanted)
            if decided > 0:
                rows.append(Row("manual_review_rate", reviewed / decided, region=region))
        return rows


def _sum(sample: Sample, name: str, wanted: dict[str, str]) -> float:
    needed = set(wanted.items())
    return sum(value for (n, labels), value in sample.items() if n == name and needed <= labels)


def _values(sample: Sample, name: str, label: str) -> set[str]:
    return {dict(labels)[label] for n, labels in sample if n == name}
