"""Silencing an alert: what would be sent and what it would hold back, then whether to send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cockpit.records import BadInput
from cockpit.silence import Silence
from cockpit.text import inert
from cockpit.ui.lines import EMPTY, Line, plain, sentence
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet
from cockpit.units import clock, day, duration

if TYPE_CHECKING:
    from cockpit.ui.app import CockpitApp
    from cockpit.ui.screens.holder import SheetHolder

_MOST = 6  # alerts that are named


class SilenceSheet(Sheet):
    """All of a silence but its reason, which can still be changed; enter sends it."""

    title_text = "silence: send it?"

    def __init__(self, silence: Silence) -> None:
        super().__init__(Prompt("because:", value=silence.comment))
        self._silence = silence

    def body(self, cells: int) -> list[Line]:
        """What is sent, then what it holds back."""
        silence = self._silence
        span = duration(silence.ends_at - silence.starts_at)
        until = f"{day(silence.ends_at)} {clock(silence.ends_at, seconds=True)} UTC, {span}"
        what, *rest = sentence(silence.what, cells - 9, 3, "strong")
        lines: list[Line] = [
            (("silence  ", "dim"), *what),
            *(((" " * 9, "text"), *line) for line in rest),
            (("until    ", "dim"), (until, "text")),
            (("author   ", "dim"), (silence.author, "text")),
            EMPTY,
        ]
        if not silence.count:
            lines.append(plain("Nothing fires now that it would hold back.", "watch"))
        else:
            lines.append(plain(f"It would hold back {silence.count} of what fires now:", "dim"))
        named = silence.alerts[:_MOST]
        lines += [(("  ", "text"), *sentence(alert, cells - 2, 1)[0]) for alert in named]
        if silence.count > len(named):
            lines.append(plain(f"  and {silence.count - len(named)} more", "dim"))
        agreed = plain("enter sends it to the Alertmanager; esc sends nothing.", "accent")
        return [*lines, EMPTY, agreed]

    def entered(self, text: str) -> None:
        """Send it."""
        if not text:
            self.cockpit.say("A silence takes a reason in a few words; esc sends nothing.")
            return
        self.close()
        _send(self.cockpit, msgspec.structs.replace(self._silence, comment=inert(text)))


def silence(screen: SheetHolder, alert: str, length: str, comment: str) -> None:
    """Ask what silencing an alert would do, and show it."""
    app = screen.cockpit
    session, at = app.session, app.clock.now

    def done(result: Silence | Exception) -> None:
        if isinstance(result, Exception):
            _failed(app, result)
        elif app.screen is screen and screen.sheet is None:
            app.message = ""
            screen.open_sheet(SilenceSheet(result))
        else:  # enter, meant for what was opened meanwhile, must not send it
            app.say("What the silence would do is known: :silence once more shows it.")

    app.say("Asking the Alertmanager …")
    app.in_background(
        "silence",
        lambda: session.preview_silence(alert, length, comment, at),
        done,
        outside=True,
    )


def _send(app: CockpitApp, silence: Silence) -> None:
    session, at = app.session, app.clock.now

    def done(result: Silence | Exception) -> None:
        if isinstance(result, Exception):
            _failed(app, result)
        else:
            app.done(f"Silenced until {clock(result.ends_at)} UTC: {result.what}")

    app.say("Sending …")
    # Each is of a kind of its own: none that was agreed to gives way to another.
    kind = f"silence {silence.what} {silence.starts_at}"
    app.in_background(kind, lambda: session.silence(silence, at), done, outside=True)


def _failed(app: CockpitApp, error: Exception) -> None:
    unknown = f"That could not be done: {type(error).__name__}."
    app.say(str(error) if isinstance(error, BadInput) else unknown)
