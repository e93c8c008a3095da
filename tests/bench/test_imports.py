"""What the process that draws has imported: until its first paint, and once figures are live."""

import os
import sys
from pathlib import Path

import pytest

from bench.harness import SAMPLE, environment
from bench.terminal import Terminal

NUMERIC = {"numpy", "scipy"}
HEAVY = {"pandas", "pyarrow", "ibis", "duckdb", "jinja2", "httpx", "markdown_it"}

# Runs the command, and ends where the method named first would be called.
PROGRAM = """
import sys
from pathlib import Path
from cockpit.cli import main
from cockpit.ui.app import CockpitApp

def told(app, *_):
    painted = "a view" if app.view is not None else "no view"
    Path(sys.argv[1]).write_text("\\n".join([painted, *sys.modules]))
    app.exit(0)

setattr(CockpitApp, sys.argv[2], told)
main(["replay", sys.argv[3], "--fresh", "--paused"])
"""


def imported_until(method: str, folder: Path) -> tuple[str, set[str]]:
    """Whether a view was painted, and the packages imported when `method` was to be called."""
    told = folder / "told"
    command = [sys.executable, "-c", PROGRAM, str(told), method, str(SAMPLE)]
    variables = environment(folder) | {"PATH": os.environ["PATH"]}
    with Terminal(command, variables) as terminal, pytest.raises(ChildProcessError):
        terminal.listen(60.0)
    painted, *modules = told.read_text().splitlines()
    return painted, {name.partition(".")[0] for name in modules}


def test_a_view_is_painted_before_anything_numeric_is_imported(tmp_path):
    painted, modules = imported_until("want_view", tmp_path)
    assert painted == "a view"
    assert "textual" in modules
    assert not modules & (NUMERIC | HEAVY)


def test_live_figures_arrive_in_a_process_that_has_imported_nothing_numeric(tmp_path):
    _, modules = imported_until("_arrived", tmp_path)
    assert not modules & (NUMERIC | HEAVY)
