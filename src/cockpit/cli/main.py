"""The `cockpit` command: its groups, its exit codes, and nothing slow to import.

Exit 0 success, 1 a finding, 2 bad usage or bad input with one clear line,
3 a source that cannot be reached.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from cockpit import __version__
from cockpit.records import BadInput, Unreachable
from cockpit.text import inert

# Which module of this package holds which commands: only that of the one asked for is imported.
FAMILIES = {
    "watching": ("demo", "replay"),
    "init": ("init",),
    "live": ("live", "declare", "resolve", "snapshot"),
    "record": ("record",),
    "silencing": ("silence",),
    "checking": ("check",),
    "recordings": ("import", "verify", "cut"),
    "answering": (
        "assess",
        "options",
        "severity",
        "status",
        "timeline",
        "brief",
        "screens",
        "seen",
    ),
    "experiment": ("experiment",),
    "deciding": ("answer", "choose", "execute", "note", "ask", "flag", "clear", "evidence"),
}


class _Cockpit(click.Group):
    """Finds commands by their family; turns bad input into one line on stderr and exit 2 or 3."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name for names in FAMILIES.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        family = next((f for f, names in FAMILIES.items() if cmd_name in names), None)
        if family is None:
            return None
        commands: tuple[click.Command, ...] = import_module(f"cockpit.cli.{family}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadInput as error:
            click.echo(f"cockpit: {inert(error, 1000)}", err=True)
            ctx.exit(3 if isinstance(error, Unreachable) else 2)
        except BrokenPipeError:
            # The reader (head, less) has gone: stop quietly, as other filters do.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@click.group(
    cls=_Cockpit,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="cockpit")
@click.pass_context
def main(context: click.Context) -> None:
    """What to do about a misbehaving model: who is hurt, what each choice costs, what to say.

    \b
    Start here:  cockpit demo
    Live:        cockpit live cockpit.yaml, or plain cockpit
    Your data:   cockpit import --help
    """
    if context.invoked_subcommand is None:
        from cockpit.cli.live import open_newest

        open_newest()
