"""The cockpit on the session made by hand, to look at it: python -m tests.ui.by_hand [SPEED]."""

from __future__ import annotations

import sys
from typing import Any, cast

from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

from cockpit.ui.run import run

if __name__ == "__main__":
    speed = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    session = cast("Any", FakeSession())
    raise SystemExit(run(session, at=OPENS, speed=speed or 1.0, paused=speed == 0))
