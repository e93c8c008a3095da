"""The command that writes a first configuration: init."""

from __future__ import annotations

from pathlib import Path

import click

from cockpit.cli.common import shown

PATH = click.Path(path_type=Path)


@click.command()
@click.option("--prometheus", default="", metavar="URL", help="A server of metrics.")
@click.option("--bearer-env", default="", metavar="NAME", help="The variable with its token.")
@click.option("--grafana", type=PATH, multiple=True, help="A dashboard as JSON; may be repeated.")
@click.option(
    "--predictions", default="", metavar="PATH", help="A log: a file, a folder or 'a/pattern*'."
)
@click.option("--mlflow", default="", metavar="URL", help="A registry of models.")
@click.option("--service", default="", metavar="NAME", help="What people call the service.")
@click.option(
    "-o", "--out", type=PATH, default=Path("cockpit.yaml"), help="Default: cockpit.yaml, here."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def init(
    prometheus: str,
    bearer_env: str,
    grafana: tuple[Path, ...],
    predictions: str,
    mlflow: str,
    service: str,
    out: Path,
    force: bool,
) -> None:
    """Look at what is there and write a commented cockpit.yaml.

    \b
    cockpit init --prometheus http://localhost:9090 --grafana dashboard.json

    Known exporters are vLLM, Triton, KServe, Seldon, MLServer, BentoML, Ray Serve, TorchServe and
    histograms of HTTP requests. What could not be found is listed, and stands in the file too.
    Tokens are named by their variables and never written.
    """
    if not (prometheus or grafana or predictions or mlflow):
        raise click.UsageError(
            "Name what is there: --prometheus URL, --grafana, --predictions or --mlflow."
        )
    from cockpit.config import Auth, Secret
    from cockpit.session.starting import Named, start

    auth = Auth(bearer=Secret(env=bearer_env)) if bearer_env else Auth()
    named = Named(
        prometheus=prometheus,
        auth=auth,
        dashboards=grafana,
        predictions=predictions and str(Path(predictions).absolute()),
        mlflow=mlflow,
        service=service,
    )
    started = start(named, out, force=force)
    for line in started.found:
        click.echo(f"found: {line}")
    for line in started.missing:
        click.echo(f"not found: {line}")
    path = shown(out)
    click.echo(f"written: {path}")
    click.echo(f"next: cockpit check {path}, then cockpit live {path}")


COMMANDS = (init,)
