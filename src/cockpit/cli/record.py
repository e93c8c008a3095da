"""`cockpit record`: keep a rolling recording, record a while into a file, or record the past."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cockpit.cli.common import parse_length, showing_progress, shown
from cockpit.cli.ending import Ending, leaving_nothing
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.units import duration

if TYPE_CHECKING:
    from cockpit.services import ServiceConfig

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("config", type=PATH, required=False)
@click.option("--from", "start", metavar="T", help="Record the past, from this time on.")
@click.option("--to", "end", metavar="T", help="And up to this one; default: now.")
@click.option("--for", "length", metavar="TIME", help="Record so long from now on: 10m.")
@click.option("-o", "--out", type=PATH, help="The new file, of the past or of --for.")
@click.option("--service", metavar="NAME", help="Of a configuration with several.")
@click.option(
    "--without",
    multiple=True,
    metavar="SOURCE",
    help="Of the past, leave out a source: a server's name, predictions, changes, reports.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def record(
    config: Path | None,
    start: str | None,
    end: str | None,
    length: str | None,
    out: Path | None,
    service: str | None,
    without: tuple[str, ...],
    force: bool,
) -> None:
    """Record a service: from now on, for a while, or what servers still hold of the past.

    \b
    cockpit record cockpit.yaml
    cockpit record cockpit.yaml --for 10m -o now.incident
    cockpit record cockpit.yaml --from 02:30 --to 04:00 -o outage.incident

    The first keeps the rolling recording until it is stopped, as a service of the system does;
    `cockpit live` shows it. The others make one finished file, the second with the hours before
    it that `incident.look_back` names. Of the past, figures are those that would have been
    recorded then.
    """
    _check_options(start, end, length, out, without, force)
    with leaving_nothing():
        chosen = _service(config, service)
        if out is None:
            _keep(chosen)
        elif start is None:
            _record_for(chosen, parse_length(length or "", "--for"), out, force=force)
        else:
            _record_past(chosen, start, end, out, frozenset(without), force=force)


def _check_options(
    start: str | None,
    end: str | None,
    length: str | None,
    out: Path | None,
    without: tuple[str, ...],
    force: bool,
) -> None:
    if start is not None and length is not None:
        raise click.UsageError("Give --from or --for, not both.")
    if start is None and (end is not None or without):
        raise click.UsageError("--to and --without are of the past: give --from.")
    if out is None and (start is not None or length is not None or force):
        raise click.UsageError("Give -o FILE, the file to be made.")
    if out is not None and start is None and length is None:
        raise click.UsageError("Give --from, or --for how long is recorded into the file.")


def _service(config: Path | None, name: str | None) -> ServiceConfig:
    """The service of that name, or the only one. Raises BadInput."""
    from cockpit.services import load_services
    from cockpit.session.settings import default_config

    path = config or default_config()
    services = load_services(path)
    known = ", ".join(services)
    if name is None and len(services) > 1:
        raise BadInput(f"{inert(path)} has several services; say --service, one of: {known}")
    if name is not None and name not in services:
        raise BadInput(f"there is no service '{inert(name)}'; there are: {known}")
    return services[name or known]


def _record_past(
    service: ServiceConfig,
    start: str,
    end: str | None,
    out: Path,
    without: frozenset[str],
    *,
    force: bool,
) -> None:
    import time

    from cockpit.session.recording_past import record_past, window_of

    window = window_of(start, end, time.time_ns() // 1_000)
    with showing_progress() as progress:
        told = record_past(service, window, out, without=without, force=force, progress=progress)
    for line in told:
        click.echo(inert(line, 500), err=True)
    click.echo(shown(out))


def _record_for(service: ServiceConfig, length: int, out: Path, *, force: bool) -> None:
    from cockpit.session.recording_live import record_into

    if length <= 0:
        raise BadInput("--for: nothing is recorded in no time; write one like 10m")
    about = f"recording {service.name} for {duration(length)}; ctrl-c ends it sooner"
    click.echo(about, err=True)
    ending = Ending(length)
    record_into(service, ending.begin, out, force=force)
    click.echo(shown(out))
    ending.exit()


def _keep(service: ServiceConfig) -> None:
    from cockpit.session.recording_live import record as keep
    from cockpit.session.recording_live import rolling_path

    where = shown(rolling_path(service))
    click.echo(f"recording {service.name} into {where}; ctrl-c ends it", err=True)
    ending = Ending(None)
    keep(
        service,
        ending.begin,
        waiting=lambda: click.echo("another process records it; waiting for its end", err=True),
    )
    ending.exit()


COMMANDS = (record,)
