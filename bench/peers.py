"""Programs run in `.venv-peers`, where references live that need an older pandas than ours."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench.harness import ROOT

PYTHON = ROOT / ".venv-peers" / "bin" / "python"


def run(program: str, folder: Path) -> dict[str, float]:
    """What a program of this folder measured, in seconds by name; it reads its data in `folder`.

    Raises FileNotFoundError where the environment was not made: `make bench` makes it.
    """
    if not PYTHON.exists():
        raise FileNotFoundError(f"{PYTHON} is not there; `make bench` makes it")
    path = Path(__file__).with_name(program)
    done = subprocess.run(
        [PYTHON, path, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured
