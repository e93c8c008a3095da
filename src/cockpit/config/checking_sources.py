"""What types cannot say of sources: addresses, secrets, how often, and which server is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from cockpit.config.engine_url import check_url
from cockpit.config.root import Config
from cockpit.config.sources import (
    Alertmanager,
    Auth,
    ChangeFeed,
    Counter,
    Prometheus,
    Secret,
    Sources,
)
from cockpit.records import BadInput, naming
from cockpit.silence import parse_matchers
from cockpit.text import inert
from cockpit.units import parse_duration
from cockpit.yamlfile import nearest

_PLACES = ("file", "listen", "series", "kubernetes")  # of a change feed: where changes are told
_LISTEN = re.compile(r"([\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})")
_SERIES = re.compile(r"\s*([a-zA-Z_:][\w:]*)\s*(\{.*\})?\s*", re.DOTALL)
_SECRET_HEADER = re.compile(r"auth|cookie|token|secret|passw|credential|key", re.IGNORECASE)


def check_sources(config: Config) -> None:
    """Read every address, duration and name of the sources once. Raises BadInput naming the key."""
    sources = config.sources
    servers = servers_of(config)
    for key, server in servers.items():
        _check_server(key, server)
    names = [server.name for server in servers.values()]
    for key, server in servers.items():
        if names.count(server.name) > 1:
            raise BadInput(f"{key}.name: '{inert(server.name)}' is named twice; give each its own")
    if sources.predictions is not None:
        _duration("sources.predictions.lag", sources.predictions.lag)
        with naming("sources.predictions.ibis"):
            check_url(sources.predictions.ibis)
    if sources.alerts is not None:
        _check_alerts("sources.alerts", sources.alerts)
    for i, feed in enumerate(sources.changes):
        _check_feed(f"sources.changes[{i}]", feed, _PLACES, names)
    for i, feed in enumerate(sources.reports):
        _check_feed(f"sources.reports[{i}]", feed, ("file", "listen"), names)
    _check_each_listens_alone(sources)
    for name, panel in config.panels.items():
        if not panel.query.strip():
            raise BadInput(f"panels.{name}.query: empty; write one in PromQL")
        _check_name(f"panels.{name}.server", panel.server, names)
    _check_counters(config, names)
    for i, promises in enumerate(config.objectives_from):
        _check_name(f"objectives_from[{i}].server", promises.server, names)
    pager = config.escalation.pagerduty
    if pager is not None and pager.routing_key is not None:
        _check_secret("escalation.pagerduty.routing_key", pager.routing_key)


def servers_of(config: Config) -> dict[str, Prometheus]:
    """The servers of metrics by the key at which each stands, in order."""
    metrics = config.sources.metrics
    if isinstance(metrics, list):
        return {f"sources.metrics[{i}]": server for i, server in enumerate(metrics)}
    return {"sources.metrics": metrics} if metrics is not None else {}


def _check_server(key: str, server: Prometheus) -> None:
    _check_address(f"{key}.prometheus", server.prometheus)
    _check_auth(f"{key}.auth", server.auth)
    for name in ("every", "timeout"):
        _some_time(f"{key}.{name}", getattr(server, name))
    _duration(f"{key}.settled", server.settled)


def _check_alerts(key: str, alerts: Alertmanager) -> None:
    _check_address(f"{key}.alertmanager", alerts.alertmanager)
    _check_auth(f"{key}.auth", alerts.auth)
    for name in ("every", "timeout"):
        _some_time(f"{key}.{name}", getattr(alerts, name))
    for i, text in enumerate(alerts.matchers):
        _check_matcher(f"{key}.matchers[{i}]", text)


def _check_address(key: str, address: str) -> None:
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        known = known and address.isprintable() and " " not in address
    except ValueError:
        known = False
    # Whatever stands in front of an @ may be a password: it is not repeated.
    if "@" in address:
        raise BadInput(
            f"{key}: a user and a password do not belong in an address;"
            " name them: auth: {basic: {user: …, password: {env: NAME}}}"
        )
    if not known:
        raise BadInput(f"{key}: no address; write one like http://127.0.0.1:9090")
    if parts.query or parts.fragment:
        raise BadInput(
            f"{key}: an address ends before ? and #; headers belong in auth: {{headers}}"
        )


def _check_auth(key: str, auth: Auth) -> None:
    if auth.basic is not None and auth.bearer is not None:
        raise BadInput(f"{key}: both basic and bearer; keep one of them")
    if auth.basic is not None:
        _check_secret(f"{key}.basic.password", auth.basic.password)
    if auth.bearer is not None:
        _check_secret(f"{key}.bearer", auth.bearer)
    for name, value in auth.headers.items():
        header = f"{key}.headers.{inert(name, 80)}"
        if isinstance(value, Secret):
            _check_secret(header, value)
        elif _SECRET_HEADER.search(name):
            raise BadInput(f"{header}: a secret is named, not written: {{env: NAME}}")
    if auth.key and not auth.certificate:
        raise BadInput(f"{key}.key: without a certificate; name its file as certificate")


def _check_secret(key: str, secret: Secret) -> None:
    if bool(secret.env) == bool(secret.file):
        raise BadInput(f"{key}: name either a variable, {{env: NAME}}, or a file, {{file: PATH}}")


def _check_matcher(key: str, text: str) -> None:
    with naming(key):
        found = parse_matchers(text)
        if len(found) != 1:
            raise BadInput('each matcher is an entry of the list; write one like team="fraud"')
        if found[0].is_regex:
            try:
                re.compile(found[0].value)
            except re.error as error:
                raise BadInput(f"no regular expression: {inert(error, 80)}") from None


def _check_feed(key: str, feed: ChangeFeed, places: Iterable[str], servers: list[str]) -> None:
    given = [name for name in _PLACES if getattr(feed, name)]
    choice = ", ".join(places)
    if len(given) != 1:
        told = " and ".join(given) or "nothing"
        raise BadInput(f"{key}: says {told}; write exactly one of {choice}")
    if given[0] not in places:
        raise BadInput(f"{key}.{given[0]}: not for what users report; write one of {choice}")
    if feed.listen:
        _check_listen(key, feed)
    if feed.series:
        _check_name(f"{key}.server", feed.server, servers)
    _some_time(f"{key}.every", feed.every)


def _check_listen(key: str, feed: ChangeFeed) -> None:
    match = _LISTEN.fullmatch(feed.listen)
    if match is None or int(match[2]) > 65_535:
        raise BadInput(
            f"{key}.listen: '{inert(feed.listen, 80)}' is not host:port;"
            " write one like 127.0.0.1:8099"
        )
    if feed.token is None:
        raise BadInput(f"{key}.token: missing; whoever posts must show one: token: {{env: NAME}}")
    _check_secret(f"{key}.token", feed.token)


def _check_each_listens_alone(sources: Sources) -> None:
    """Two feeds cannot listen at one address."""
    taken: set[str] = set()
    for kind, feeds in (("changes", sources.changes), ("reports", sources.reports)):
        for i, feed in enumerate(feeds):
            if feed.listen in taken:
                raise BadInput(
                    f"sources.{kind}[{i}].listen: '{inert(feed.listen, 80)}' is taken by another;"
                    " give each its own port"
                )
            if feed.listen:
                taken.add(feed.listen)


def _check_counters(config: Config, servers: list[str]) -> None:
    counters = config.counters
    for name in ("requests", "errors", "latency"):
        counter: Counter | None = getattr(counters, name)
        if counter is None:
            continue
        key = f"counters.{name}"
        series = _name_of_series(f"{key}.series", counter.series)
        _check_name(f"{key}.server", counter.server, servers)
        if name == "latency" and not series.endswith("_bucket"):
            raise BadInput(
                f"{key}.series: '{inert(series, 80)}' does not end in _bucket;"
                " name those series of a histogram"
            )


def _name_of_series(key: str, text: str) -> str:
    match = _SERIES.fullmatch(text)
    if match is None:
        raise BadInput(
            f"{key}: '{inert(text, 80)}' is not a series; write its name and what selects it,"
            ' without rate(): http_requests_total{job="fraud"}'
        )
    return match[1]


def _check_name(key: str, name: str, servers: list[str]) -> None:
    if not servers:
        raise BadInput(f"{key.rpartition('.')[0]}: there is no server to ask; add sources.metrics")
    if name and name not in servers:
        known = nearest(name, servers) or f"there are: {', '.join(map(inert, servers))}"
        raise BadInput(f"{key}: no server '{inert(name, 80)}'; {known}")


def _duration(key: str, text: str) -> int:
    with naming(key):
        return parse_duration(text)


def _some_time(key: str, text: str) -> None:
    if _duration(key, text) <= 0:
        raise BadInput(f"{key}: not above zero; write one like 15s")
