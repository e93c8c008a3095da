"""Commands that make, check and cut incident files: import, verify, cut."""

from __future__ import annotations

from pathlib import Path

import click

from cockpit.cli.common import FILE, showing_progress, shown
from cockpit.text import inert

PATH = click.Path(path_type=Path)


@click.command(name="import")
@click.option(
    "--predictions",
    type=PATH,
    help="CSV (also .gz) or Parquet, a file, a folder or 'a/pattern*': one row a prediction. "
    "Else the map names a table.",
)
@click.option("--map", type=PATH, help="YAML that says what the columns mean.")
@click.option(
    "--reference", type=PATH, help="The same columns from a healthy time; needs no times or ids."
)
@click.option("--labels", type=PATH, help="Labels that came later, joined by id.")
@click.option(
    "--config", type=PATH, help="A cockpit.yaml: harm, objectives, versions, options, time zone."
)
@click.option("--service", default="", help="Which service of --config, where it has several.")
@click.option("--metrics", type=PATH, help="CSV or Parquet of metrics, wide or long.")
@click.option("--events", type=PATH, help="JSON lines or CSV: time, kind, text.")
@click.option("-o", "--out", type=PATH, required=True, help="The new file.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def import_command(
    predictions: Path | None,
    map: Path | None,
    reference: Path | None,
    labels: Path | None,
    config: Path | None,
    service: str,
    metrics: Path | None,
    events: Path | None,
    out: Path,
    force: bool,
) -> None:
    """Make an incident file from prediction logs, labels, metrics and events.

    \b
    cockpit import --predictions log.csv.gz --map map.yaml \\
        --reference healthy.parquet --events deploys.jsonl -o outage.incident

    Large Parquet files whose columns are typed (times as timestamps or integers, scores as
    numbers, labels as yes or no or numbers) are counted by DuckDB, all others row by row, with
    the same result. Where the map names an engine and a table (`ibis`, `table`), that engine
    counts, and no row leaves it.
    """
    if predictions is None and map is None and config is None:
        raise click.UsageError("Give --predictions, or a --map that names a table.")
    from cockpit.session.importing import ImportRequest, import_incident

    request = ImportRequest(
        predictions=predictions,
        map=map,
        reference=reference,
        labels=labels,
        config=config,
        service=service,
        metrics=metrics,
        events=events,
        output=out,
        force=force,
    )
    with showing_progress() as progress:
        told = import_incident(request, progress)
    for line in told:
        click.echo(inert(line, 500), err=True)
    click.echo(shown(out))


@click.command()
@FILE
def verify(file: Path) -> None:
    """Check every chain and chunk of an incident file; name the first break.

    \b
    cockpit verify outage.incident
    """
    from cockpit.session.files import verify as check

    report = check(file)
    sound = ", ".join(f"{n:,} {what}" for what, n in report.checked.items())
    click.echo(f"sound: {sound}")
    if not report.ok:
        click.echo(f"broken: {inert(report.first_break, 500)}")
        raise SystemExit(1)
    click.echo(f"content {report.content_id}")


@click.command()
@FILE
@click.option("--from", "start", required=True, metavar="T", help="First moment to keep.")
@click.option("--to", "end", required=True, metavar="T", help="First moment not to keep.")
@click.option("--at", metavar="T", help="Keep only what could be known by then.")
@click.option("-o", "--out", type=PATH, help="Default: <name>-cut.incident.")
def cut(file: Path, start: str, end: str, at: str | None, out: Path | None) -> None:
    """Make a smaller incident file out of a larger one.

    \b
    cockpit cut outage.incident --from 02:30 --to 03:10 -o shorter.incident
    """
    from cockpit.session.files import cut as make

    target = out or file.with_name(f"{file.stem}-cut.incident")
    make(file, target, start, end, at)
    click.echo(shown(target))


COMMANDS = (import_command, verify, cut)
