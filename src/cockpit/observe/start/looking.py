"""One look at all that was named: servers, dashboards, logs; what it finds is a proposal."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cockpit.config import Auth, Prometheus
from cockpit.observe.live.prometheus.client import Client
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.start.grafana.looking import add_dashboard
from cockpit.observe.start.heads import read_head
from cockpit.observe.start.metrics import add_metrics
from cockpit.observe.start.mlflow import add_models
from cockpit.observe.start.predictions import add_predictions
from cockpit.observe.start.proposal import Proposal
from cockpit.observe.start.telling import Telling
from cockpit.records import Unreachable, naming
from cockpit.text import inert
from cockpit.units import parse_duration

_UNNAMED = "my-service"


@dataclass(frozen=True)
class Named:
    """What someone names to be looked at; what is empty is not."""

    prometheus: str = ""  # an address
    auth: Auth = field(default_factory=Auth)  # how it knows us
    dashboards: tuple[Path, ...] = ()  # of Grafana, as JSON
    predictions: str = ""  # a file, a folder or a pattern, as it is to be written
    mlflow: str = ""  # the address of a registry
    service: str = ""


async def look(named: Named) -> Proposal:
    """Look at everything. Raises BadInput, and Unreachable where a server does not answer."""
    proposal = Proposal(service=named.service)
    telling, interval = None, parse_duration("15s")
    try:
        if named.prometheus:
            with naming("--prometheus"):
                settings = Prometheus(prometheus=named.prometheus, auth=named.auth)
                telling = Telling(Client(settings))
            try:
                interval = await add_metrics(telling, settings, proposal)
            except SourceFailed as failed:
                raise Unreachable(f"{inert(named.prometheus)}: {failed}") from None
        for path in named.dashboards:
            await add_dashboard(path, telling, interval, proposal)
        if named.predictions:
            with naming("--predictions"):
                add_predictions(named.predictions, read_head(Path(named.predictions)), proposal)
        if named.mlflow:
            with naming("--mlflow"):
                await add_models(named.mlflow, named.auth, proposal)
    finally:
        if telling is not None:
            await telling.close()
    if not proposal.service:
        proposal.service = _UNNAMED
        proposal.say("service", "Nothing says what it is called; write what people call it.")
    return proposal
