"""Where facts come from: servers, logs, alerts and changes, and how each is reached."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from cockpit.config.base import Settings
from cockpit.config.predictions import Predictions

# What an event of a feed, or of a recorded file, may be.
EventKind = Literal[
    "deploy",
    "flag",
    "schema",
    "traffic",
    "alert",
    "page",
    "report",
    "safety",
    "privacy",
    "data_loss",
    "note",
]


class Secret(Settings, kw_only=True):
    """Where a secret is kept: named here, never written."""

    env: str = ""  # a variable of the environment
    file: str = ""  # or a file, whose text it is


class Basic(Settings, kw_only=True):
    """A user and a password."""

    user: str  # by name
    password: Secret  # where it is kept


class Auth(Settings, kw_only=True):
    """How a server knows us."""

    basic: Basic | None = None  # by user and password
    bearer: Secret | None = None  # or by a token
    headers: dict[str, Secret | str] = {}  # or by headers of its own: {X-Scope-OrgID: payments}
    certificate: str = ""  # a file with our certificate, for mutual TLS
    key: str = ""  # the file with its key, where it is not in the same one
    authority: str = ""  # a file with the certificates that the server's is checked against


class Prometheus(Settings, kw_only=True):
    """A server with the HTTP API of Prometheus: itself, VictoriaMetrics, Thanos, Mimir."""

    name: str = "metrics"  # what it is called where there are several
    prometheus: str  # its address
    auth: Auth = field(default_factory=Auth)  # how it knows us
    every: str = "15s"  # how often it is asked: its scrape interval
    settled: str = "2s"  # how long after a time its samples of that time are surely there
    timeout: str = "5s"  # for one answer
    at_once: Annotated[int, Meta(ge=1, le=32)] = 4  # so many questions at a time
    most_series: Annotated[int, Meta(ge=1)] = 2_000  # a query that gives more is refused
    alerts: bool = True  # its own firing alerts are events, where no Alertmanager is named


class Alertmanager(Settings, kw_only=True):
    """Who sends the alerts."""

    alertmanager: str  # its address
    auth: Auth = field(default_factory=Auth)  # how it knows us
    every: str = "10s"  # how often it is asked
    timeout: str = "5s"  # for one answer
    matchers: list[str] = []  # only such alerts: ['service="card-fraud"']; empty: all
    pages: list[str] = []  # receivers that wake someone: their alerts are pages


class ChangeFeed(Settings, kw_only=True):
    """One place that tells of changes: a file, an address we listen at, a server."""

    file: str = ""  # JSON lines, as `import --events` reads them; it may grow
    listen: str = ""  # or an address where others post such lines: 127.0.0.1:8099
    token: Secret | None = None  # which they must show; required with `listen`
    # or a series of Prometheus, or a query, whose label or value changes: build_info
    series: str = ""
    label: str = "version"  # of that series; empty: its value, as of replicas
    server: str = ""  # the server that has it; empty: the first
    kubernetes: str = ""  # or a kubeconfig: the events of its cluster
    namespace: str = "default"  # of that cluster
    kind: EventKind = "deploy"  # what such a change is called where the feed does not say
    every: str = "10s"  # how often it is looked at


class Sources(Settings, kw_only=True):
    """Where facts come from."""

    metrics: Prometheus | list[Prometheus] | None = None  # servers of metrics
    predictions: Predictions | None = None  # prediction logs; an import's map where --map is absent
    alerts: Alertmanager | None = None  # who sends alerts
    changes: list[ChangeFeed] = []  # deploys, flags, schemas: what was changed
    reports: list[ChangeFeed] = []  # what users report: a file or an address, as of changes


class Panel(Settings, kw_only=True):
    """A figure that a server computes: a gauge, by the labels that its query leaves."""

    query: str  # in PromQL
    unit: str = ""  # of its value: s, ms, 1/s, …; latencies are shown in ms
    server: str = ""  # which of several servers is asked; empty: the first
    direction: Literal["higher_is_better", "lower_is_better", "neither"] = "neither"  # for judging


class Counter(Settings, kw_only=True):
    """A counter that a server scrapes: its growth is counted, so that it has an interval."""

    series: str  # its name and what selects it: http_requests_total{job="fraud"}
    version: str = ""  # the label that says which version; empty: that of the configuration
    kind: str = ""  # of errors: the label that says which kind
    unit: Literal["s", "ms"] = "s"  # of latency: that of its `le` bounds
    server: str = ""  # which of several servers is asked; empty: the first


class Counters(Settings, kw_only=True):
    """What is counted from metrics where no prediction log tells it."""

    requests: Counter | None = None  # requests; empty: the count of `latency`
    errors: Counter | None = None  # failed ones
    latency: Counter | None = None  # a histogram: its `…_bucket` series
