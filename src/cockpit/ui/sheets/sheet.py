"""A sheet: a panel that rises from the bottom, over the incident, until it is confirmed or left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from cockpit.ui.canvas import Canvas
from cockpit.ui.keys import Key, Where, key_line, of
from cockpit.ui.lines import Line, cut, fit, message, text_width
from cockpit.ui.prompt import Prompt
from cockpit.ui.screens.base import bindings

if TYPE_CHECKING:
    from cockpit.ui.app import CockpitApp
    from cockpit.ui.screens.incident import IncidentScreen

_ABOVE = 3  # status, impact and phases stay in sight


class Sheet(Vertical):
    """Base of every sheet. Subclasses give a title, a body and what their keys do.

    `where` names the keys of `cockpit.ui.keys` that work here. A sheet with a prompt leaves its
    letters to the text field.
    """

    can_focus = True
    where: ClassVar[Where | None] = None
    title_text: str = ""
    BINDINGS = [
        Binding("escape", "leave", "leave", show=False, id="sheet_leave"),
        Binding("j,down", "move(1)", "down", show=False, id="sheet_down"),
        Binding("k,up", "move(-1)", "up", show=False, id="sheet_up"),
    ]

    def __init_subclass__(cls) -> None:
        if cls.where is not None and "BINDINGS" not in cls.__dict__:
            cls.BINDINGS = list(bindings(cls.where))
        super().__init_subclass__()

    def __init__(self, prompt: Prompt | None = None) -> None:
        super().__init__()
        self._first_prompt = prompt
        self.offset_lines = 0

    @property
    def cockpit(self) -> CockpitApp:
        """The application, with its type."""
        return cast("CockpitApp", self.app)

    @property
    def incident(self) -> IncidentScreen:
        """The screen this sheet lies on."""
        return cast("IncidentScreen", self.screen)

    def compose(self) -> ComposeResult:
        """Text, and a field where one is asked for."""
        yield Canvas(self.cockpit.palette)
        if self._first_prompt is not None:
            yield self._first_prompt

    def on_mount(self) -> None:
        """Draw, and take the keyboard unless a text field has it."""
        self.redraw()
        if self._first_prompt is None:
            self.focus()

    def on_resize(self) -> None:
        """The canvas has its size now."""
        self.redraw()

    # What a subclass says

    def body(self, cells: int) -> list[Line]:
        """The lines under the title."""
        return []

    def always(self) -> Sequence[tuple[str, str]]:
        """Keys shown first on the sheet's key line, as (label, word)."""
        leave = ("esc", "back")
        return (leave,) if self.prompt is None else (leave, ("⏎", "confirm"))

    def keys(self) -> list[Key]:
        """Keys shown on the sheet's key line."""
        return of(self.where) if self.where is not None else []

    def entered(self, text: str) -> None:
        """The prompt's text was confirmed."""

    # What all do

    @property
    def prompt(self) -> Prompt | None:
        """The text field, while there is one."""
        return next(iter(self.query(Prompt)), None)

    def redraw(self) -> None:
        """Fit the height to the text and draw."""
        if not self.is_mounted or self.has_class("leaving"):  # then its canvas may be gone
            return
        width, most = self.screen.size.width, self.screen.size.height - _ABOVE
        body = self.body(width - 4)
        typing = self.prompt is not None  # then letters are text
        keys = key_line([] if typing else self.keys(), width, self.always())
        bottom = message(self.cockpit.message, width) or [keys]
        field = 1 if typing else 0
        room = max(1, most - 1 - len(bottom) - field)
        self.offset_lines = max(0, min(self.offset_lines, len(body) - room))
        shown = body[self.offset_lines : self.offset_lines + room]
        height = 1 + len(shown) + len(bottom) + field
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        more = len(body) - room - self.offset_lines
        hint = f" {more} more lines, j goes down " if more > 0 else ""
        title = f"[{cut(self.title_text, width - 40)}]"
        rule = "─" * (width - text_width(title) - text_width(hint) - 2)
        top: Line = (
            ("─", "border"),
            (title, "accent"),
            (rule, "border"),
            (hint, "dim"),
            ("─", "border"),
        )
        lines = [fit(top, width), *(fit((("  ", "text"), *line), width) for line in shown)]
        self.query_one(Canvas).draw([*lines, *bottom], self.cockpit.palette)

    def ask(self, prompt: Prompt) -> None:
        """Show a text field under the text."""
        self.mount(prompt)
        self.call_after_refresh(self.redraw)

    def stop_asking(self) -> None:
        """Take the text field away."""
        if self.prompt is not None:
            self.prompt.remove()
        self.focus()
        self.call_after_refresh(self.redraw)

    def close(self) -> None:
        """Go back to the incident."""
        self.incident.close_sheet()

    def action_leave(self) -> None:
        """Escape."""
        self.close()

    def action_move(self, by: int) -> None:
        """Scroll text that is longer than the screen."""
        self.offset_lines = max(0, self.offset_lines + by)
        self.redraw()

    def on_prompt_left(self, event: Prompt.Left) -> None:
        """Escape in the text field leaves the sheet."""
        event.stop()
        self.close()

    def on_prompt_entered(self, event: Prompt.Entered) -> None:
        """Enter in the text field."""
        event.stop()
        self.cockpit.message = ""
        self.entered(event.text.strip())
