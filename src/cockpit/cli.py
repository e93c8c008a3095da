"""The `cockpit` command."""

import click

from cockpit import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cockpit")
def main() -> None:
    """Who is hurt, what to do about it now, what each choice costs, what to tell everyone."""
