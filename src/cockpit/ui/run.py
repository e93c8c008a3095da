"""Opening and leaving the terminal: what is checked before, and what is put right after."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cockpit.records import BadInput
from cockpit.session.crash import write_crash
from cockpit.text import inert
from cockpit.ui.app import CockpitApp
from cockpit.ui.signals import Signals
from cockpit.ui.themes import installed

if TYPE_CHECKING:
    from cockpit.session import Session


def run(
    session: Session,
    *,
    at: int | None = None,
    speed: float = 1.0,
    paused: bool = False,
    theme: str | None = None,
    hint: str = "",
    pick: bool = False,
) -> int:
    """Show the cockpit until it is left; the exit code. Prints where what was done is kept.

    Of a running system, which is shown as it is now, `pick` asks first which of its services to
    look at. `check` has been asked before.
    """
    app = CockpitApp(session, at=at, speed=speed, paused=paused, theme=theme, hint=hint, pick=pick)
    session.compute_apart(app.say_soon)
    with Signals(app) as signals:
        app.run(mouse=False)
    app.background.stop()
    app.outside.stop()
    crash = app.crash
    if crash is None and app.view is not None and app.computed and not session.is_live:
        session.save_view(app.view)
    kept = session.close()
    for problem in app.problems:
        print(problem, file=sys.stderr)
    if crash is not None:
        print(f"The cockpit stopped: {type(crash).__name__}; {write_crash(crash)}", file=sys.stderr)
    if kept:
        print(f"What was done here is kept in {inert(kept, 4_096)}")
    if signals.received is not None:
        return 128 + signals.received
    return 1 if crash is not None else (app.return_code or 0)


def check(theme: str | None) -> None:
    """Raises BadInput where the terminal or the theme cannot be used."""
    check_terminal()
    if theme is not None:
        installed().get(theme)


def check_terminal() -> None:
    """Raises BadInput where the screen could not be drawn."""
    if os.environ.get("TERM", "dumb") in ("", "dumb"):
        raise BadInput(
            "TERM is dumb: the cockpit draws on the whole screen; set TERM, or use cockpit status"
        )
    for name, stream in (("stdin", sys.__stdin__), ("stderr", sys.__stderr__)):
        if stream is None or not stream.isatty():  # Textual reads the one and draws on the other
            raise BadInput(f"{name} is not a terminal: run the cockpit without redirecting {name}")
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    if encoding != "utf8":
        raise BadInput(
            f"stdout is {encoding or 'not text'}: set LANG=C.UTF-8, or use cockpit status"
        )
