"""Commands that write to the journal of a replay: the rest of the keyboard, for scripts.

FILE is a recording, a replay's own file, or that of an open incident, which takes what is said. A
finished recording is never changed: what is said goes to the newest replay of it, or to a new one.
Each command prints the file it wrote to.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cockpit.cli import tables
from cockpit.cli.common import FILE, WHO, open_reading, parse_time, shown
from cockpit.records import BadInput, NeedsReason, Refused
from cockpit.views import SignState

if TYPE_CHECKING:
    from cockpit.session import Session

_STATES: dict[str, SignState] = {
    "seen": "seen",
    "not-seen": "not seen",
    "unknown": "not measurable",
}
WHEN = click.option(
    "--at", metavar="T", help="When, in the incident's time; an open incident needs none: now."
)


@contextmanager
def _writing(file: Path, who: str | None, at: str | None) -> Iterator[tuple[Session, int]]:
    """A replay opened to write, and the moment --at names; prints the file written to."""
    from cockpit.session import Session

    with open_reading(file) as reading:  # a bad --at makes no replay
        if at is not None:
            moment = parse_time(reading, at, "--at")
        elif reading.is_open_incident:
            moment = time.time_ns() // 1_000
        else:
            raise click.UsageError("Give --at: when it is, in the time of this recording.")
    with Session.replay(file, resume=True, who=who) as session:
        yield session, moment
        click.echo(shown(Path(session.close())))


@click.command()
@FILE
@click.argument("question")
@click.argument("answer", required=False)
@WHEN
@WHO
def answer(file: Path, question: str, answer: str | None, at: str | None, who: str | None) -> None:
    """Answer an opening question; without ANSWER it is recorded as unknown.

    \b
    cockpit answer outage.incident who "BR, all devices" --at 02:50
    """
    with _writing(file, who, at) as (session, moment):
        session.answer(question, answer, moment)


@click.command()
@FILE
@click.argument("option")
@click.option("--reason", required=True, help="Why this one.")
@click.option("--with", "companions", multiple=True, help="A companion, as 'freeze deploys'.")
@click.option("--despite", default="", help="Why all the same, where it is advised against.")
@WHEN
@WHO
def choose(
    file: Path,
    option: str,
    reason: str,
    companions: tuple[str, ...],
    despite: str,
    at: str | None,
    who: str | None,
) -> None:
    """Choose a containment option. Choosing is not doing: see `cockpit execute`.

    What is blocked, or rash on too few labels, takes another reason: --despite.

    \b
    cockpit choose outage.incident rollback --reason "worse in BR and slower" --at 02:53
    """
    with _writing(file, who, at) as (session, moment):
        try:
            session.choose(option, reason, list(companions), moment, despite)
        except NeedsReason as against:
            preset = against.presets[0]
            raise Refused(f'{against}; to choose it add --despite "{preset}"') from None


@click.command()
@FILE
@WHEN
@WHO
def execute(file: Path, at: str | None, who: str | None) -> None:
    """Mark the chosen containment as executed.

    \b
    cockpit execute outage.incident --at 02:55
    """
    with _writing(file, who, at) as (session, moment):
        session.execute(moment)


@click.command()
@FILE
@click.argument("text")
@WHEN
@WHO
def note(file: Path, text: str, at: str | None, who: str | None) -> None:
    """Add a time-stamped note.

    \b
    cockpit note outage.incident "vendor says the gateway changed" --at 02:52
    """
    with _writing(file, who, at) as (session, moment):
        session.note(text, moment)


@click.command()
@FILE
@click.argument("whom")
@click.argument("what")
@click.option("--deadline", metavar="T", help="By when.")
@click.option("--default", "fallback", default="", help="What happens if nobody answers.")
@WHEN
@WHO
def ask(
    file: Path,
    whom: str,
    what: str,
    deadline: str | None,
    fallback: str,
    at: str | None,
    who: str | None,
) -> None:
    """Ask a person for something, with a deadline and what happens without an answer.

    \b
    cockpit ask outage.incident infra "warm 12 workers" --deadline 02:58 --at 02:52
    """
    with _writing(file, who, at) as (session, moment):
        due = None if deadline is None else parse_time(session, deadline, "--deadline")
        if due is not None and due <= moment:
            raise BadInput("--deadline is not after --at; give a later time")
        session.ask(whom, what, due, fallback, moment)


@click.command()
@FILE
@click.argument("kind", type=click.Choice(["safety", "privacy", "data-loss"]))
@click.argument("text")
@WHEN
@WHO
def flag(file: Path, kind: str, text: str, at: str | None, who: str | None) -> None:
    """Mark safety, privacy or data loss: SEV0 whatever is green; prints whom to call by when.

    \b
    cockpit flag outage.incident safety "a dose was doubled" --at 02:52
    """
    with _writing(file, who, at) as (session, moment):
        click.echo(tables.escalation(session.flag(kind.replace("-", "_"), text, moment)))


@click.command()
@FILE
@click.option("--by", required=True, metavar="NAME", help="The compliance owner, by name.")
@click.option("--reason", required=True, help="Why it no longer holds.")
@WHEN
@WHO
def clear(file: Path, by: str, reason: str, at: str | None, who: str | None) -> None:
    """Clear the mark of safety, privacy or data loss, by the owner the configuration names.

    \b
    cockpit clear outage.incident --by "legal on-call" --reason "all copies found" --at 03:40
    """
    with _writing(file, who, at) as (session, moment):
        click.echo(session.clear_flag(by, reason, moment))


@click.command()
@FILE
@click.argument("sign")
@click.argument("state", type=click.Choice(list(_STATES)))
@click.option("--reason", required=True, help="Why, against what is measured.")
@WHEN
@WHO
def evidence(
    file: Path, sign: str, state: str, reason: str, at: str | None, who: str | None
) -> None:
    """Say of a sign of a fault whether it is there; it counts instead of what is measured.

    \b
    cockpit evidence outage.incident errors_up not-seen --reason "health checks" --at 02:53
    """
    with _writing(file, who, at) as (session, moment):
        session.override_evidence(sign, _STATES[state], reason, moment)


COMMANDS = (answer, choose, execute, note, ask, flag, clear, evidence)
