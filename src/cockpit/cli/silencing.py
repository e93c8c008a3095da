"""The command that silences alerts: it shows what it would send, asks, and sends."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cockpit.cli.common import JSON, WHO, print_json
from cockpit.cli.live import CONFIG, SERVICE, opened
from cockpit.records import BadInput
from cockpit.units import clock, day, duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cockpit.silence import Silence


@click.command()
@click.argument("alert")
@click.option("--for", "length", metavar="DURATION", help="For how long, from now: 30m, 1h30m.")
@click.option("--because", required=True, help="Why; everyone who looks at the silence sees it.")
@click.option("--end", is_flag=True, help="End a silence instead; ALERT is its id.")
@click.option("--yes", is_flag=True, help="Agreed: do not ask. Needed without a terminal.")
@CONFIG
@SERVICE
@WHO
@JSON
def silence(
    alert: str,
    length: str | None,
    because: str,
    end: bool,
    yes: bool,
    config: Path | None,
    service: str | None,
    who: str | None,
    as_json: bool,
) -> None:
    """Silence alerts in the Alertmanager, once what it does was shown and agreed to.

    \b
    cockpit silence HighErrorRate --for 1h --because "gateway is being mended"
    cockpit silence 'alertname=~"Slow.*", region="BR"' --for 30m --because "known" --yes
    cockpit silence 519840e9-d561-44a8-90ef-18f17003c37f --end --because "mended"

    Prints the silence's id. A name means the alerts of that name which the configuration's
    matchers select. What is done is written to the journal of the open incident, or of the
    recording.
    """
    if (length is None) != end:
        raise click.UsageError("Give --for, or --end with the id of a silence.")
    with opened(config, service, who) as session:
        if length is None:
            shown = session.find_silence(alert)
        else:
            shown = session.preview_silence(alert, length, because, session.now())
        for line in _preview(shown, end):
            click.echo(line, err=True)
        _agree("End it?" if end else "Send it?", yes)
        if end:
            session.end_silence(shown, because, session.now())
        else:
            shown = session.silence(shown, session.now())
    if as_json:
        print_json("cockpit.silence/1", shown)
    else:
        click.echo(shown.id)


def _preview(silence: Silence, end: bool) -> Iterator[str]:
    """What would be sent, and what that does: a line each."""
    until = f"{day(silence.ends_at)} {clock(silence.ends_at, seconds=True)} UTC"
    yield f"silence  {silence.what}"
    yield f"until    {until} ({duration(silence.ends_at - silence.starts_at)})"
    yield f"author   {silence.author}"
    yield f"because  {silence.comment}"
    does = "held back until now:" if end else "held back of what fires now:"
    yield f"{does} {silence.count or 'nothing'}"
    yield from (f"  {alert}" for alert in silence.alerts)
    if silence.count > len(silence.alerts):
        yield f"  and {silence.count - len(silence.alerts)} more"


def _agree(question: str, yes: bool) -> None:
    """Go on when it is agreed to."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInput("nothing was sent: without a terminal to ask on, agree with --yes")
    if not click.confirm(question, err=True):
        click.echo("Nothing was sent.", err=True)
        raise SystemExit(1)


COMMANDS = (silence,)
