"""The cockpit on the session made by hand, for looking at it: python tests/ui/by_hand.py."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_session import OPENS, FakeSession

from cockpit.ui.run import run

if __name__ == "__main__":
    speed = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    raise SystemExit(run(FakeSession(), at=OPENS, speed=speed or 1.0, paused=speed == 0))  # type: ignore[arg-type]
