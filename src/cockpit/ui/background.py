"""Heavy work off the interface's thread: one job at a time, a newer one of its kind replaces it.

One thread asks for everything that takes time, and waits while the session's worker computes it: a
session is never asked two things at once, and a slow machine falls behind by one view, not by many.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Work = Callable[[], Any]
Done = Callable[[Any], None]  # gets the result, or the exception that was raised


class Background:
    """A thread that runs the newest waiting job of each kind; results come back in that thread."""

    def __init__(self, name: str = "cockpit-views") -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, tuple[Work, Done]] = {}
        self._running = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, kind: str, work: Work, done: Done) -> None:
        """Run `work` soon; a job of the same kind that has not begun is forgotten."""
        with self._changed:
            if not self._stopped:
                self._waiting[kind] = (work, done)
                self._changed.notify()

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        with self._changed:
            return self._running or bool(self._waiting)

    def stop(self, patience: float = 2.0) -> None:
        """Forget what waits, and give what runs `patience` seconds to end."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(patience)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopped:
                    self._changed.wait()
                if self._stopped:
                    return
                kind = next(iter(self._waiting))
                work, done = self._waiting.pop(kind)
                self._running = True
            try:
                result: Any = work()
            except Exception as error:  # whatever it is, the person sees one line and goes on
                result = error
            if not self._stopped:
                done(result)
            with self._changed:
                self._running = False
