"""`cockpit experiment`: how the fix is proved, and how far the proof is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from msgspec.structs import replace

from cockpit.cli.common import (
    FILE,
    JSON,
    WHO,
    instant,
    open_reading,
    parse_part,
    print_json,
    shown,
)
from cockpit.cli.tables import columns
from cockpit.numbers import long_minutes
from cockpit.records import BadInput, Refused
from cockpit.units import clock
from cockpit.views import Experiment, ExperimentKind, ExperimentPlan, ExperimentWish, Verdict

if TYPE_CHECKING:
    from cockpit.session import Session


@click.command()
@FILE
@click.option("--at", metavar="T", help="At this time (02:51:10 or RFC 3339); default: the end.")
@click.option("--kind", type=click.Choice(get_args(ExperimentKind)), help="This kind alone.")
@click.option("--metric", default="", metavar="NAME", help="What is to be shown; as `assess` says.")
@click.option("--fix", default="", metavar="VERSION", help="The fix; default: the next version.")
@click.option("--against", default="", metavar="VERSION", help="Its control; or 'baseline'.")
@click.option("--share", metavar="SHARE", help="Requests to the fix, of a canary: 10%.")
@click.option("--margin", metavar="SHARE", help="How much worse the fix may be: 0.5%.")
@click.option("--power", metavar="SHARE", default="80%", help="Chance to pass a good fix.")
@click.option("--write", is_flag=True, help="Write the criteria to a replay's journal; with --at.")
@WHO
@JSON
def experiment(
    file: Path,
    at: str | None,
    kind: ExperimentKind | None,
    metric: str,
    fix: str,
    against: str,
    share: str | None,
    margin: str | None,
    power: str,
    write: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """How to prove the fix: rows and minutes to power, who is exposed, and exit criteria.

    \b
    cockpit experiment outage.incident --at 02:58
    cockpit experiment outage.incident --at 02:58 --kind canary --write
    """
    wish = ExperimentWish(
        metric=metric,
        fix=fix,
        against=against,
        share=parse_part(share, "--share"),
        margin=parse_part(margin, "--margin"),
        power=parse_part(power, "--power") or 0.8,
    )
    if write and at is None:
        raise BadInput("--write takes --at: when the criteria are written, in the incident's time")
    with open_reading(file) as session:
        moment = instant(session, at)
        found = session.experiment(moment, wish)
        written = _write(file, session, found, kind, moment, who) if write else None
    if as_json:
        print_json("cockpit.experiment/1", _only(found, kind))
    elif written is None:
        click.echo(text(_only(found, kind), moment))
    if written is not None:
        click.echo(shown(written), err=as_json)


def _only(found: Experiment, kind: ExperimentKind | None) -> Experiment:
    return replace(found, plans=[plan for plan in found.plans if kind in (None, plan.kind)])


def _write(
    file: Path,
    reading: Session,
    found: Experiment,
    kind: ExperimentKind | None,
    at: int,
    who: str | None,
) -> Path:
    """Write the criteria of that kind, else of the first plan; the file they were written to."""
    from cockpit.session import Session

    plan = _only(found, kind).plans[0]
    if plan.criteria is None:
        raise Refused(f"{plan.label}: {plan.blocked or 'no rows to count'}; nothing was written")
    reading.close()
    with Session.replay(file, resume=True, who=who) as session:
        session.write_criteria(plan.criteria, at)
        return Path(session.close())


def text(found: Experiment, now: int) -> str:
    """What is at stake, the plans in order, what each shows, and the criteria of the first."""
    rows = [["", "rows", "control", "takes", "at most", "exposed", "of users", "why here"]]
    rows += [_row(plan) for plan in found.plans]
    lines = [f"at stake   {found.stake}", f"traffic    {found.traffic}"]
    lines += [f"note       {note}" for note in found.notes]
    lines += ["", columns(rows)]
    for plan in found.plans:
        if not plan.blocked:
            lines += ["", f"{plan.label} shows {plan.tells}", f"  not: {plan.cannot}"]
    first = next((plan for plan in found.plans if plan.criteria is not None), None)
    if first is not None and first.criteria is not None:
        lines += ["", f"exit criteria of {first.label}, to be written before the fix is tried:"]
        lines += [f"  {line}" for line in first.criteria.sentences]
    if found.verdict is not None:
        lines += ["", *verdict(found.verdict, now)]
    return "\n".join(lines)


def _row(plan: ExperimentPlan) -> list[str]:
    def count(n: int | None) -> str:
        return "–" if n is None else f"{n:,}"

    return [
        plan.label,
        count(plan.rows),
        count(plan.control_rows),
        long_minutes(plan.minutes),
        long_minutes(plan.minutes_at_most),
        plan.exposed.text,
        plan.exposed_users.text,
        plan.reason,
    ]


def verdict(told: Verdict, now: int) -> list[str]:
    """The word and why, then the arms."""
    criteria = told.criteria
    head = f"written {clock(criteria.written_at)} for a {criteria.kind}"
    if criteria.before is not None:
        head += f", in place of those of {clock(criteria.before)}"
    return [
        f"{told.word.upper()}  {told.reason}",
        f"  {head}",
        *(f"  {line}" for line in told.sentences),
    ]


COMMANDS = (experiment,)
