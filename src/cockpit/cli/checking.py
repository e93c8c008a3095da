"""The command that checks a configuration and asks its sources: check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cockpit.cli import tables
from cockpit.cli.common import print_json

if TYPE_CHECKING:
    from cockpit.views import Checked, Reached

_NOT_REACHED = 3  # the exit code
_SIGNS = {"answered": "ok", "doubtful": "look", "failed": "failed"}


@click.command()
@click.argument("config", type=click.Path(path_type=Path), required=False)
@click.option("--service", default="", metavar="NAME", help="One of a configuration with several.")
@click.option("--effective", is_flag=True, help="Print it as YAML with every default instead.")
@click.option("--paths", is_flag=True, help="Print where files are looked for and written.")
@click.option("--schema", is_flag=True, help="Print its JSON schema, for editors.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, documented in docs/json.md.")
def check(
    config: Path | None, service: str, effective: bool, paths: bool, schema: bool, as_json: bool
) -> None:
    """Check a configuration, then ask each of its sources one cheap question.

    \b
    cockpit check cockpit.yaml
    cockpit check --schema > cockpit.schema.json

    Without CONFIG it is the one that `cockpit live` finds. Exit 0 if all is well, 2 for a
    configuration that is wrong, 3 if a source failed.
    """
    if effective + paths + schema + as_json > 1:
        raise click.UsageError("--effective, --paths, --schema and --json print one thing each")
    if schema:
        from cockpit.config.schema import schema_text

        click.echo(schema_text(), nl=False)
        return
    from cockpit.session import checking
    from cockpit.session.settings import default_config

    if paths:
        rows = [
            [what, place, "" if there else "not there"] for what, place, there in checking.paths()
        ]
        click.echo(tables.columns(rows))
        return
    path = config or default_config()
    if effective:
        click.echo(checking.effective(path, service), nl=False)
        return
    services = checking.check_services(path, service)
    if as_json:
        print_json("cockpit.check/1", {"services": services})
    else:
        click.echo("\n\n".join(_told(each) for each in services))
    if any(source.outcome == "failed" for each in services for source in each.sources):
        raise SystemExit(_NOT_REACHED)


def _told(checked: Checked) -> str:
    """A table of the sources, with what to do below each; then the promises that were left."""
    lines = [f"{checked.service}: the configuration is right"]
    if checked.sources:
        lines += ["", *_rows(checked.sources)]
    else:
        lines += ["", "it names no source to ask: add sources.metrics or sources.predictions"]
    if checked.left:
        lines += ["", "promises of files that are no objectives:", *checked.left]
    return "\n".join(lines)


def _rows(sources: list[Reached]) -> list[str]:
    rows = [[_SIGNS[s.outcome], s.source, s.address, s.said] for s in sources]
    lines = tables.columns([["", "source", "address", "answer"], *rows]).split("\n")
    told = [lines[0]]
    for line, source in zip(lines[1:], sources, strict=True):
        told.append(line)
        if source.mend:
            told.append(f"        to do: {source.mend}")
    return told


COMMANDS = (check,)
