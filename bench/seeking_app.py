"""The cockpit while somebody goes on seeking: how late its own loop comes, and keys are answered.

`python seeking_app.py FILE apart|within|drawn` prints one JSON object; times in seconds, memory in
bytes. Drawn is the same pace of views without computing any.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, cast

from textual.events import Key

from cockpit.records import SECOND
from cockpit.session import Session
from cockpit.ui.app import CockpitApp
from cockpit.ui.screens.incident import IncidentScreen

SECONDS = 10.0
BEAT = 0.002  # between two looks at the clock
STEP = 7 * SECOND  # of incident time, from one view to the next


class Drawn:
    """A session that tells the same views again, as late as they were computed."""

    def __init__(self, session: Session) -> None:
        began = time.perf_counter()
        ats = [session.opens_at + i * STEP for i in range(20)]
        self._views = [session.view(at) for at in ats]
        self._pause = (time.perf_counter() - began) / len(ats)
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def view(self, at: int) -> Any:
        """One of them."""
        time.sleep(self._pause)
        return self._views[at // STEP % len(self._views)]


async def main(session: Session) -> dict[str, object]:
    """Seek for some seconds, a view for each step, and press a key now and then."""
    app = CockpitApp(session, at=session.opens_at, paused=True)
    late: list[float] = []
    keys: list[float] = []
    views = 0
    async with app.run_test(size=(120, 40)):
        while not app.computed:
            if app.problem:
                sys.exit(app.problem)
            await asyncio.sleep(0.05)
        until = time.perf_counter() + SECONDS
        screen = cast("IncidentScreen", app.screen)

        async def beat() -> None:
            while (began := time.perf_counter()) < until:
                await asyncio.sleep(BEAT)
                late.append(time.perf_counter() - began - BEAT)

        async def press() -> None:
            while time.perf_counter() < until:
                began = time.perf_counter()
                app.post_message(Key("question_mark", "?"))
                while screen.sheet is None:
                    await asyncio.sleep(BEAT)
                keys.append(time.perf_counter() - began)
                app.post_message(Key("escape", None))
                while screen.sheet is not None:
                    await asyncio.sleep(BEAT)
                await asyncio.sleep(0.3)

        async def seek() -> None:
            nonlocal views
            while time.perf_counter() < until:
                app.travel(app.clock.moved(STEP))
                while app.background.busy:
                    await asyncio.sleep(BEAT)
                views += 1

        await asyncio.gather(beat(), press(), seek())
    app.background.stop()
    return {"late": late, "keys": keys, "views": views, "memory": memory()}


def memory() -> int:
    """What this process holds of the machine's memory, in bytes."""
    told = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]
    return int(told) * 1024


if __name__ == "__main__":
    with Session.replay(Path(sys.argv[1]), resume=False) as opened:
        if sys.argv[2] == "apart":
            opened.compute_apart(print)
        shown = cast("Session", Drawn(opened)) if sys.argv[2] == "drawn" else opened
        print(json.dumps(asyncio.run(main(shown))))
