"""An outage of an hour, as a server of metrics holds it: what goes wrong, and what is asked."""

from __future__ import annotations

from pathlib import Path

from cockpit.records import HOUR, MINUTE, SECOND
from tests.observe.live.metrics import openmetrics

EVERY = 15 * SECOND
WORSE = 30 * MINUTE  # after the start, errors and latency rise with a new version
KINDS = {
    "asked": "counter",
    "took_seconds": "histogram",
    "waiting": "gauge",
    "up_since": "gauge",
    "ALERTS": "gauge",
}
CONFIG = """
service: shop
model: {{versions: {{current: v1}}}}
sources:
  metrics: {{prometheus: "{address}"}}
  alerts: {{alertmanager: "http://127.0.0.1:9"}}
  changes:
    - {{file: deploys.jsonl}}
    - {{series: up_since, label: version}}
panels:
  waiting: {{query: waiting}}
  broken: {{query: "rate(waiting"}}
  gone: {{query: no_such_series}}
counters:
  requests: {{series: asked_total, version: build}}
  errors: {{series: 'asked_total{{code="500"}}', version: build, kind: code}}
  latency: {{series: took_seconds_bucket, version: build}}
"""


def samples(start: int) -> dict[str, dict[int, float]]:
    """Past samples of the hour from `start` (µs), and of a quarter before and after it."""
    grid = range(start - 15 * MINUTE, start + HOUR + 15 * MINUTE, EVERY)
    worse = start + WORSE
    labels = 'build="v1",instance="a",job="shop"'
    return {
        f'asked_total{{code="200",{labels}}}': _counter(grid, lambda _: 30),
        f'asked_total{{code="500",{labels}}}': _counter(grid, lambda at: 9 if at > worse else 1),
        **{
            f'took_seconds_bucket{{le="{le}",{labels}}}': _counter(grid, lambda _, by=by: by)
            for le, by in (("0.1", 10), ("0.5", 25), ("+Inf", 30))
        },
        'waiting{pod="a"}': {at: float((at - start) // SECOND % 97) for at in grid},
        'up_since{version="v1"}': dict.fromkeys(grid, 1.0),
        'up_since{version="v2"}': {at: 1.0 for at in grid if at >= worse},
        'ALERTS{alertname="Errors",alertstate="firing",severity="page"}': {
            at: 1.0 for at in grid if at >= worse + 2 * MINUTE
        },
    }


def blocks(start: int) -> str:
    """The samples as OpenMetrics text."""
    return openmetrics(samples(start), KINDS)


def configured(folder: Path, address: str, more: str = "") -> Path:
    """A configuration that asks the server at `address`, with a file of deploys beside it."""
    path = folder / "cockpit.yaml"
    path.write_text(CONFIG.format(address=address) + more)
    return path


def _counter(grid: range, grows) -> dict[int, float]:
    x, found = 0.0, {}
    for at in grid:
        x += grows(at)
        found[at] = x
    return found
