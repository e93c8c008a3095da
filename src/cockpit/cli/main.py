"""The `cockpit` command: its groups, its exit codes, and nothing slow to import.

Exit 0 success, 1 a finding, 2 bad usage or bad input with one clear line, 3 a source out of reach.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from cockpit import __version__
from cockpit.cli import answering, deciding, recordings, watching
from cockpit.records import BadInput
from cockpit.text import inert


class _Cockpit(click.Group):
    """Turns bad input into one line on stderr and exit 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadInput as error:
            click.echo(f"cockpit: {inert(error, 1000)}", err=True)
            ctx.exit(2)
        except BrokenPipeError:
            # The reader (head, less) has gone: stop quietly, as other filters do.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@click.group(cls=_Cockpit, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cockpit")
def main() -> None:
    """What to do about a misbehaving model: who is hurt, what each choice costs, what to say.

    \b
    Start here:  cockpit demo
    Your data:   cockpit import --help
    """


for family in (watching, recordings, answering, deciding):
    for command in family.COMMANDS:
        main.add_command(command)
