"""SIGTERM and SIGHUP: save the draft and leave the terminal as it was found."""

from __future__ import annotations

import signal
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cockpit.ui.app import CockpitApp

_LEAVING = (signal.SIGTERM, signal.SIGHUP)


class Signals:
    """While it is entered, a signal ends the application in order; `received` is its number."""

    def __init__(self, app: CockpitApp) -> None:
        self._app = app
        self._before: dict[signal.Signals, Any] = {}
        self.received: int | None = None

    def __enter__(self) -> Signals:
        for number in _LEAVING:
            self._before[number] = signal.signal(number, self._leave)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _leave(self, number: int, frame: FrameType | None) -> None:
        # Handlers run between two instructions of the interface's own thread: only the wish is
        # noted here, the application does the work when it comes to it.
        if self.received is None:
            self.received = number
            self._app.leave_soon()
