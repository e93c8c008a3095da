"""Keys one at a time: what is typed ahead reaches what the key before it opened.

Over a slow line, or from a script, several keys arrive at once. Textual hands each on at once too,
so "n", "slow" and enter would all reach the incident before the note that "n" opens has the
keyboard, and be lost. Here a key waits until everybody has dealt with the one before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.events import Key
from textual.widgets import Input, TextArea

if TYPE_CHECKING:
    from cockpit.ui.app import CockpitApp

Forward = Callable[[Key], Awaitable[None]]

# A key bubbles through at most five widgets to the action it is bound to; a sheet that is opened by
# it is composed, mounted and takes the keyboard, each by a message.
_ROUNDS = 16
_PATIENCE = 0.25  # seconds for one round: a widget that is being removed may never answer


class TypeAhead:
    """Forwards keys in order, each when the one before has been dealt with."""

    def __init__(self, app: CockpitApp, forward: Forward) -> None:
        self._app = app
        self._forward = forward
        self._waiting: asyncio.Queue[Key] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def put(self, key: Key) -> None:
        """A key was pressed."""
        self._waiting.put_nowait(key)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while not self._waiting.empty():
            key = self._waiting.get_nowait()
            await self._forward(key)
            if not self._writes(key):
                await self._dealt_with()

    def _writes(self, key: Key) -> bool:
        """Whether the key only adds a letter to a field of text."""
        return key.is_printable and isinstance(self._app.focused, Input | TextArea)

    async def _dealt_with(self) -> None:
        """Until every widget has come to what was asked of it, and to what followed from that."""
        for _ in range(_ROUNDS):
            app = self._app
            if not app.is_running:
                return
            widgets = [app, *app.screen.walk_children(with_self=True)]
            came = [asyncio.Event() for _ in widgets]
            for widget, event in zip(widgets, came, strict=True):
                if not widget.call_later(event.set):
                    event.set()
            try:
                async with asyncio.timeout(_PATIENCE):
                    await asyncio.gather(*(event.wait() for event in came))
            except TimeoutError:
                return
