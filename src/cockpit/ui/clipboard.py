"""Copying to the terminal's clipboard, and always also to a file: terminals may drop the first."""

from __future__ import annotations

import base64
import os

from textual.app import App

from cockpit.session.settings import state_folder


def escape(text: str, inside_tmux: bool) -> str:
    """OSC 52, wrapped for tmux, which would swallow it by default."""
    osc = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    if inside_tmux:
        return "\x1bPtmux;" + osc.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return osc


def copy(app: App[int], text: str) -> str:
    """Copy `text`; the sentence that says where the file is."""
    driver = app._driver
    if driver is not None:
        driver.write(escape(text, bool(os.environ.get("TMUX"))))
    place = state_folder() / "copied.txt"
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.write_text(text + "\n", encoding="utf-8")
        place.chmod(0o600)
    except OSError as error:
        return f"Sent to the terminal's clipboard; no file could be written: {error.strerror}."
    return f"Sent to the terminal's clipboard; the same text is in {place}"
