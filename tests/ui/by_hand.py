"""The cockpit on a session made by hand, to look at it: python -m tests.ui.by_hand [SPEED|live]."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, cast

from cockpit.records import BadInput
from cockpit.ui.run import check, run
from tests.ui.fake_live import FakeLive
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

STARTED = time.monotonic_ns()


class Watched(FakeSession):
    """Tells what was saved, and can be made to crash with a secret in a local variable."""

    def undo(self, at: int) -> str:
        if os.environ.get("COCKPIT_TEST_CRASH"):
            token = "hunter2"
            raise RuntimeError(token)
        return super().undo(at)

    def save_draft(self, audience: str, text: str, at: int) -> None:
        super().save_draft(audience, text, at)
        if witness := os.environ.get("COCKPIT_TEST_WITNESS"):
            Path(witness).write_text(text, encoding="utf-8")

    def close(self) -> str:
        if self.drafts and "COCKPIT_TEST_WITNESS" not in os.environ:
            print("saved:", self.drafts["exec"].splitlines()[0])
        return super().close()


class Running(FakeLive):
    """A running system whose time passes as ours does, and in which nothing new is recorded."""

    def now(self) -> int:
        return self.at + (time.monotonic_ns() - STARTED) // 1_000


def main() -> int:
    """Run it; bad input is one line, as in the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "1"
    try:
        check(theme=None)
        if wanted == "live":
            return run(cast("Any", Running(declared=True)))
        speed = float(wanted)
        return run(cast("Any", Watched()), at=OPENS, speed=speed or 1.0, paused=speed == 0)
    except BadInput as error:
        print(f"cockpit: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
