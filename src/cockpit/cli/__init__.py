"""The command line: a small file for each family of commands; stdout is data, stderr the rest."""

from cockpit.cli.main import main

__all__ = ["main"]
