"""The command line: one small file for each family of commands; stdout is data, stderr is diagnostics."""

from cockpit.cli.main import main

__all__ = ["main"]
