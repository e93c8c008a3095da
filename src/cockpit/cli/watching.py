"""Commands that open the cockpit itself: demo, replay."""

from __future__ import annotations

from pathlib import Path

import click

from cockpit.cli.common import FILE, WHO, open_reading, parse_time, shown
from cockpit.records import BadInput, Record

SPEED = click.option(
    "--speed", type=click.FloatRange(min=0.1, max=3600), default=1.0, help="Times real time."
)
THEME = click.option(
    "--theme", metavar="NAME", help="dark, light, high-contrast, ansi-16 or your own."
)
RESUME = click.option(
    "--resume/--fresh", default=None, help="Go on with the newest replay, or start anew."
)


class Opening(Record, kw_only=True):
    """How the cockpit opens."""

    file: Path
    at: str | None
    speed: float
    paused: bool
    theme: str | None
    who: str | None
    resume: bool | None
    journal: Path | None = None
    hint: str = ""


@click.command()
@SPEED
@THEME
@WHO
@RESUME
@click.option("--scenario", default="card-fraud-rollout", help="card-fraud-rollout or unit-swap.")
def demo(
    speed: float, theme: str | None, who: str | None, resume: bool | None, scenario: str
) -> None:
    """The packaged sample incident, in the cockpit, paused shortly before the page.

    \b
    cockpit demo
    cockpit demo --scenario unit-swap
    """
    from cockpit.assets import sample_incident

    try:
        file = sample_incident(scenario)
    except FileNotFoundError as error:
        raise BadInput(str(error)) from None
    hint = "space starts the replay · enter accepts a proposed answer · ? help · q quit"
    _open(
        Opening(
            file=file,
            at=None,
            speed=speed,
            paused=True,
            theme=theme,
            who=who,
            resume=resume,
            hint=hint,
        )
    )


@click.command()
@FILE
@click.option("--at", metavar="T", help="Start here; default: shortly before the page.")
@SPEED
@click.option("--paused", is_flag=True, help="Wait for the space bar.")
@THEME
@WHO
@RESUME
@click.option("--journal", type=click.Path(path_type=Path), help="The replay's own file.")
def replay(
    file: Path,
    at: str | None,
    speed: float,
    paused: bool,
    theme: str | None,
    who: str | None,
    resume: bool | None,
    journal: Path | None,
) -> None:
    """Replay a recorded incident. FILE is never changed: what you do goes to a file of its own.

    \b
    cockpit replay outage.incident --at 02:49 --speed 60
    """
    _open(
        Opening(
            file=file,
            at=at,
            speed=speed,
            paused=paused,
            theme=theme,
            who=who,
            resume=resume,
            journal=journal,
        )
    )


def _open(opening: Opening) -> None:
    import gc
    import sys

    gc.disable()  # imports leave no garbage to look for; the interface enables it when painted

    from cockpit.session import Session

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput("the cockpit needs a terminal; for scripts use: cockpit status FILE --json")

    from cockpit.ui.run import check, run

    # Whatever cannot be used is said before the replay's own file is made.
    check(opening.theme)
    with open_reading(opening.file) as recording:
        at = None if opening.at is None else parse_time(recording, opening.at, "--at")
    resume = opening.resume
    if resume is None and opening.journal is None:
        resume = _asked_to_resume(opening.file)
    session = Session.replay(
        opening.file, journal=opening.journal, resume=bool(resume), who=opening.who
    )
    raise SystemExit(
        run(
            session,
            at=session.opens_at if at is None else at,
            speed=opening.speed,
            paused=opening.paused,
            theme=opening.theme,
            hint=opening.hint,
        )
    )


def _asked_to_resume(file: Path) -> bool:
    """Offer the newest replay of the same recording, if there is one with something in it."""
    from cockpit.session import Session

    earlier = Session.newest_replay(file)
    if earlier is None:
        return False
    return click.confirm(f"Go on with {shown(earlier)}?", default=True, err=True)


COMMANDS = (demo, replay)
