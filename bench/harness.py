"""How everything here is run: a clean environment, and two things in turn, A B A B."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_data" / "card-fraud-rollout.incident"
# What the installed command does; so the same is measured where it is not installed.
COCKPIT = (sys.executable, "-c", "from cockpit.cli import main; main()")

Result = TypeVar("Result")
Other = TypeVar("Other")


def environment(folder: Path) -> dict[str, str]:
    """The variables of a person's shell, and no more; replays are kept in `folder`."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
        "COCKPIT_STATE": str(folder),
        "PYTHONPATH": str(ROOT / "src"),
    }


def script(name: str) -> tuple[str, str]:
    """The command that runs a program of this folder."""
    return sys.executable, str(Path(__file__).with_name(name))


def in_turn(
    times: int, one: Callable[[], Result], other: Callable[[], Other]
) -> tuple[list[Result], list[Other]]:
    """Run both `times` times, each after the other, so that a busy moment strikes both.

    A round before is thrown away: it fills the caches of the disk.
    """
    pairs = [(one(), other()) for _ in range(times + 1)][1:]
    return [a for a, _ in pairs], [b for _, b in pairs]


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes, by the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
