"""A one-line text field with a label, completion (tab) and history (up, down)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

Complete = Callable[[str], Sequence[str]]


class Prompt(Horizontal):
    """Posts `Entered` with the text on enter and `Left` on escape."""

    class Entered(Message):
        """The text was confirmed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Nothing was entered."""

    def __init__(
        self,
        label: str,
        *,
        value: str = "",
        placeholder: str = "",
        complete: Complete | None = None,
        history: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._field = Field(value, placeholder, complete, history)
        self._label = label

    def compose(self) -> ComposeResult:
        """The label and the field."""
        yield Static(f" {self._label} ", markup=False)
        yield self._field

    @property
    def value(self) -> str:
        """What stands in the field."""
        return self._field.value

    def on_mount(self) -> None:
        """Take the keyboard."""
        self._field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.post_message(self.Entered(event.value))


class Field(Input):
    """The field of a prompt."""

    BINDINGS = [
        Binding("escape", "leave", "leave", show=False, id="prompt_leave"),
        Binding("tab", "complete", "complete", show=False, id="prompt_complete"),
        Binding("up", "older", "older", show=False, id="prompt_older"),
        Binding("down", "newer", "newer", show=False, id="prompt_newer"),
    ]

    def __init__(
        self, value: str, placeholder: str, complete: Complete | None, history: Sequence[str]
    ) -> None:
        suggester = _First(complete) if complete is not None else None
        super().__init__(
            value, placeholder, suggester=suggester, select_on_focus=False, compact=True
        )
        self.cursor_blink = False  # a blinking cursor costs up to 2.6 kB/s for ever
        self._complete = complete
        self._history = list(history)
        self._place = len(self._history)

    def action_leave(self) -> None:
        """Escape."""
        self.post_message(Prompt.Left())

    def action_complete(self) -> None:
        """As far as all candidates agree."""
        found = list(self._complete(self.value)) if self._complete else []
        if found:
            shared = found[0]
            for other in found:
                while not other.startswith(shared):
                    shared = shared[:-1]
            only = len(found) == 1
            self.value = shared + (" " if only and not shared.endswith(" ") else "")
            self.cursor_position = len(self.value)

    def action_older(self) -> None:
        """The line entered before."""
        self._recall(-1)

    def action_newer(self) -> None:
        """The line entered after."""
        self._recall(1)

    def _recall(self, by: int) -> None:
        self._place = max(0, min(len(self._history), self._place + by))
        if self._history:
            at_end = self._place == len(self._history)
            self.value = "" if at_end else self._history[self._place]
            self.cursor_position = len(self.value)


class _First(Suggester):
    """Suggests the first candidate behind the cursor."""

    def __init__(self, complete: Complete) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """The first candidate that goes on from `value`."""
        return next((c for c in self._complete(value) if c.startswith(value)), None)
