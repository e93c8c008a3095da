"""Commands that answer what the panes show: assess, options, severity, status, …"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cockpit.cli import tables
from cockpit.cli.common import (
    AT,
    FILE,
    JSON,
    instant,
    open_reading,
    parse_length,
    parse_time,
    print_json,
    shown,
)
from cockpit.cli.options import option_table
from cockpit.records import BadInput, Record, Window
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.session import Session
    from cockpit.views import View


@click.command()
@FILE
@AT
@click.option("--from", "start", metavar="T", help="Start of the window.")
@click.option("--to", "end", metavar="T", help="End of the window.")
@click.option("--window", metavar="LENGTH", help="Length of the window before --at, as 1h or 10m.")
@JSON
def assess(
    file: Path,
    at: str | None,
    start: str | None,
    end: str | None,
    window: str | None,
    as_json: bool,
) -> None:
    """Every metric with its interval and sample size, and drift, worst first.

    \b
    cockpit assess outage.incident --at 02:51:10 --json
    """
    with open_reading(file) as session:
        moment = instant(session, at)
        result = session.assessment(moment, _window(session, moment, start, end, window))
        if as_json:
            print_json("cockpit.assess/1", result)
        else:
            click.echo(tables.assessment(result))


def _window(
    session: Session, at: int, start: str | None, end: str | None, length: str | None
) -> Window | None:
    if (start is None) != (end is None):
        raise BadInput("--from and --to go together; give both, or --window")
    if start is not None and end is not None:
        if length is not None:
            raise BadInput("--window and --from/--to say the same thing; give one of them")
        window = Window(
            start=parse_time(session, start, "--from"), end=parse_time(session, end, "--to")
        )
        if window.start >= window.end:
            raise BadInput("--from is not before --to; swap them")
        return window
    if length is not None:
        span = parse_length(length, "--window")
        if span == 0:
            raise BadInput("--window: no time at all; write one like 90s, 30m or 1h30m")
        return Window(start=at - span, end=at)
    return None


@click.command()
@FILE
@AT
@JSON
def options(file: Path, at: str | None, as_json: bool) -> None:
    """The containment table: what each option would do, in numbers.

    \b
    cockpit options outage.incident --at 02:51:10
    """
    with open_reading(file) as session:
        view = session.view(instant(session, at))
        if as_json:
            fields = _fields(view.options)
            rows = fields.pop("rows")
            print_json(
                "cockpit.options/2",
                {"at": view.at, "as_of": view.as_of, "options": rows, **fields},
            )
        else:
            click.echo(option_table(view.options))


@click.command()
@FILE
@AT
@JSON
def severity(file: Path, at: str | None, as_json: bool) -> None:
    """How bad it is by the policy, why, and what the policy asks for: actions, calls, updates.

    \b
    cockpit severity outage.incident --at 02:51:10
    """
    with open_reading(file) as session:
        view = session.view(instant(session, at))
        found = view.severity
        assert found is not None  # only a view that was kept may lack it
        if as_json:
            print_json("cockpit.severity/1", {"at": view.at, "as_of": view.as_of, **_fields(found)})
        else:
            click.echo(tables.severity(found, view.at))


def _fields(record: Record) -> dict[str, Any]:
    """A record's own fields, for a JSON document that adds some of its own."""
    return {name: getattr(record, name) for name in record.__struct_fields__}


@click.command()
@FILE
@AT
@JSON
def status(file: Path, at: str | None, as_json: bool) -> None:
    """Severity, phase, impact, known, not known, next, and open asks.

    \b
    cockpit status outage.incident --json | jq .impact.sentence
    """
    with open_reading(file) as session:
        view = session.view(instant(session, at))
        if as_json:
            print_json("cockpit.status/1", _status(view))
        else:
            click.echo(tables.status(view))


def _status(view: View) -> dict[str, Any]:
    """What `cockpit status --json` says: `cockpit.status/1`."""
    return {
        "at": view.at,
        "as_of": view.as_of,
        "status": view.status,
        "impact": view.impact,
        "phases": view.phases,
        "checklist": view.checklist,
        "knowledge": view.knowledge,
        "choice": view.choice,
        "asks": view.asks,
    }


@click.command()
@FILE
@AT
@JSON
def timeline(file: Path, at: str | None, as_json: bool) -> None:
    """What happened, what was decided and by whom, in order.

    \b
    cockpit timeline outage.incident
    """
    with open_reading(file) as session:
        moment = instant(session, at)
        entries = session.timeline(moment)
        if as_json:
            print_json("cockpit.timeline/1", {"at": moment, "entries": entries})
        else:
            click.echo(tables.timeline(entries))


@click.command()
@FILE
@AT
@click.option(
    "--for",
    "audience",
    type=click.Choice(["exec", "technical"]),
    default="exec",
    show_default=True,
    help="Who reads it.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Write here instead of stdout.")
def brief(file: Path, at: str | None, audience: str, out: Path | None) -> None:
    """A markdown briefing from the facts at one moment.

    \b
    cockpit brief outage.incident --at 02:51:10 --for exec -o update.md
    """
    with open_reading(file) as session:
        moment = instant(session, at)
        text = session.draft(audience, moment)
        if out is None:
            click.echo(text)
        else:
            click.echo(shown(session.write(out, text)))


@click.command()
@FILE
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Write them to this folder.")
def screens(file: Path, out: Path | None) -> None:
    """The screens kept at each choice and change of phase: a list, or text and SVG files.

    FILE is a replay's own file; the cockpit prints its path when it is left.

    \b
    cockpit screens triage.incident -o screens
    """
    from cockpit.session.screens import kept_screens, write_screens

    if out is None:
        rows = [[screen.time, screen.kind] for screen in kept_screens(file)]
        click.echo(tables.columns(rows) if rows else "no screen has been kept in this file")
        return
    written, left_out = write_screens(file, out)
    for path in written:
        click.echo(inert(path, 4_000))
    for problem in left_out:
        click.echo(problem, err=True)
    if left_out:
        raise SystemExit(1)


@click.command()
@FILE
@AT
@click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where earlier incident files lie; default: beside FILE.",
)
@JSON
def seen(file: Path, at: str | None, folder: Path | None, as_json: bool) -> None:
    """Earlier incidents that looked like this one: what was done, how long it took, what is open.

    \b
    cockpit seen outage.incident --in incidents
    """
    with open_reading(file) as session:
        moment = instant(session, at)
        found, left_out = session.seen_before(moment, folder)
        if as_json:
            print_json("cockpit.seen/1", {"at": moment, "earlier": found})
        else:
            click.echo(tables.seen(found))
    for problem in left_out:
        click.echo(problem, err=True)


COMMANDS = (assess, options, severity, status, timeline, brief, screens, seen)
