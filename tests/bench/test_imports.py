"""What the process that draws has imported, before its first paint and after a view was computed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import SAMPLES

HEAVY = {"pandas", "pyarrow", "ibis", "duckdb", "httpx", "jinja2"}
NUMERIC = {"numpy", "scipy"}
UNTIL_FIRST_PAINT = """
import sys
from pathlib import Path
import cockpit.cli.watching
from cockpit.session import Session
import cockpit.ui.run
from cockpit.ui.app import CockpitApp
session = Session.replay(Path(sys.argv[1]), journal=None, resume=False)
app = CockpitApp(session, at=session.opens_at)
"""
UNTIL_FIRST_VIEW = UNTIL_FIRST_PAINT + "session.view(session.opens_at)\n"
SAY = "print(*sorted(name.partition('.')[0] for name in sys.modules))\n"
