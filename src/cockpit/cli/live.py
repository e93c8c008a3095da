"""Commands about what runs now: live, declare, resolve, snapshot."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cockpit.cli.common import FILE, WHO, shown
from cockpit.records import BadInput, NeedsReason

if TYPE_CHECKING:
    from cockpit.session.live import LiveSession

CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), help="Default: as `cockpit live` finds it."
)
SERVICE = click.option("--service", metavar="NAME", help="Of a configuration with several.")


@click.command()
@click.argument("config", type=click.Path(path_type=Path), required=False)
@SERVICE
@click.option("--theme", metavar="NAME", help="dark, light, high-contrast, ansi-16 or your own.")
@WHO
def live(config: Path | None, service: str | None, theme: str | None, who: str | None) -> None:
    """Watch a running service, decide, and record meanwhile.

    \b
    cockpit live cockpit.yaml
    cockpit live                 the configuration of this folder, or your own

    Plain `cockpit` opens the incident that was declared last, else the same.
    """
    _check_terminal(theme)
    _show(opened(config, service, who), theme)


def open_newest() -> None:
    """What plain `cockpit` opens: the incident declared last, else the default configuration."""
    from cockpit.session.live import LiveSession

    _check_terminal(None)
    _show(LiveSession.open_newest(), None)


@click.command()
@click.argument("title", default="")
@CONFIG
@SERVICE
@WHO
def declare(title: str, config: Path | None, service: str | None, who: str | None) -> None:
    """Declare an incident of a service that is being recorded, with six hours before it.

    \b
    cockpit declare "payments in Brazil go to review"

    Prints where the incident's file lies. Whoever has the cockpit open is led there.
    """
    with opened(config, service, who) as session:
        session.declare(title, session.now())
        click.echo(shown(Path(session.recording.path)))


@click.command()
@click.option("--reason", default="", help="How it ended; needed where something is unfinished.")
@CONFIG
@SERVICE
@WHO
def resolve(reason: str, config: Path | None, service: str | None, who: str | None) -> None:
    """End the open incident of a service and seal its file.

    \b
    cockpit resolve --reason "gateway mended, figures are back"
    """
    with opened(config, service, who) as session:
        try:
            said = session.resolve(reason, session.now())
        except NeedsReason as error:
            raise BadInput(f"{error}; say --reason all the same") from None
        click.echo(said)


@click.command()
@FILE
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="The new file.")
def snapshot(file: Path, out: Path) -> None:
    """A finished copy of a live file, as it is now, that is safe to send.

    \b
    cockpit snapshot card-fraud-20261103-0251.incident -o so-far.incident
    """
    from cockpit.session.files import snapshot as copy

    copy(file, out)
    click.echo(shown(out))


def opened(config: Path | None, service: str | None, who: str | None) -> LiveSession:
    """The services of a configuration, one of them looked at. Raises BadInput."""
    from cockpit.session.live import LiveSession
    from cockpit.session.settings import default_config

    return LiveSession.open(config or default_config(), service, who)


def _check_terminal(theme: str | None) -> None:
    import gc

    gc.disable()  # imports leave no garbage to look for; the interface enables it when painted

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput("the cockpit needs a terminal; for scripts use: cockpit status FILE --json")
    from cockpit.ui.run import check

    check(theme)


def _show(session: LiveSession, theme: str | None) -> None:
    from cockpit.ui.run import run

    raise SystemExit(run(session, at=session.now(), theme=theme))


COMMANDS = (live, declare, resolve, snapshot)
