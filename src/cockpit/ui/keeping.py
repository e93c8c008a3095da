"""What is written beside the journal, off the interface's thread: kept screens, briefings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.records import BadInput
from cockpit.ui.canvas import plain_text
from cockpit.ui.layout import overview
from cockpit.ui.lines import width

if TYPE_CHECKING:
    from pathlib import Path

    from cockpit.ui.app import CockpitApp


def keep_screen(app: CockpitApp, kind: str, number: int) -> None:
    """Keep the overview of this moment in the incident's file, once its view was computed.

    `kind` is why; `number` tells it from others that may still be waiting.
    """
    session, play, size, palette = app.session, app.playhead, app.size, app.palette

    def work() -> None:
        from cockpit.ui.picture import svg

        lines = overview(session.view(play.at), play, size, session.recording.service)
        picture = svg(lines, width(lines[0]), palette)
        session.keep_screen(kind, plain_text(lines), picture, play.at)

    def done(result: object) -> None:
        if isinstance(result, Exception):
            said = str(result) if isinstance(result, BadInput) else type(result).__name__
            app.say(f"The screen of this moment could not be kept: {said}")

    app.in_background(f"screen {number}", work, done)


def export(app: CockpitApp, work: Callable[[], Path]) -> None:
    """Write a briefing and say where it is, or why it is not."""
    if app.hindered():
        return

    def done(result: Path | Exception) -> None:
        if isinstance(result, BadInput):
            app.say(str(result))
        elif isinstance(result, Exception):
            app.say(f"The briefing could not be written: {type(result).__name__}.")
        else:
            app.say(f"Written: {result}")
            app.want_view()

    app.say("Writing the briefing …")
    app.in_background("export", work, done)
