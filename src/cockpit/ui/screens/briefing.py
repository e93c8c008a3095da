"""The briefing's editor: markdown at the left, rendered at the right, saved as it is written."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import TextArea

from cockpit.reading import LONGEST_SUMMARY, seconds, words
from cockpit.records import BadInput
from cockpit.text import inert, inert_lines
from cockpit.ui.canvas import Canvas
from cockpit.ui.keeping import export
from cockpit.ui.keys import key_line
from cockpit.ui.lines import EMPTY, Line, fit, message, text_width
from cockpit.ui.painting import Painted
from cockpit.ui.panes.status import status_line
from cockpit.ui.preview import rendered
from cockpit.ui.screens.base import CockpitScreen, bindings

AUDIENCES = ("exec", "technical")
_QUIET = 1.0  # seconds without a key after which the draft is saved and rendered


class BriefingScreen(CockpitScreen):
    """One audience's draft; escape saves it and goes back."""

    BINDINGS = [
        Binding("escape", "leave", "back", show=False, id="brief_back", priority=True),
        *bindings("briefing"),
    ]

    def __init__(self, painted: Painted, audience: str, editor: bool = False) -> None:
        super().__init__(painted)
        self._audience = audience
        self._editor_first = editor
        self._saved = ""
        self._source_shown = True
        self._later: Timer | None = None
        self._loaded = False

    def compose(self) -> ComposeResult:
        """Status above, source and preview, keys below."""
        palette = self.cockpit.palette
        yield Canvas(palette, id="above")
        with Horizontal():
            area = TextArea(
                "", show_line_numbers=False, highlight_cursor_line=False, soft_wrap=True
            )
            area.cursor_blink = False
            yield area
            yield Canvas(palette, id="preview")
        yield Canvas(palette, id="below")

    def on_mount(self) -> None:
        """Draft from the facts, off this thread."""
        self.query_one(TextArea).focus()
        self.load(fresh=False)

    def load(self, fresh: bool) -> None:
        """Fetch the saved draft, or a fresh one."""
        app, audience, at = self.cockpit, self._audience, self.cockpit.clock.now
        session = app.session
        self._loaded = False
        app.say("Drafting from the facts …")
        app.in_background(
            "draft",
            lambda: session.fresh_draft(audience, at) if fresh else session.draft(audience, at),
            self._arrived,
        )

    def _arrived(self, result: str | Exception) -> None:
        if not self.is_mounted:
            return
        if isinstance(result, Exception):
            said = str(result) if isinstance(result, BadInput) else type(result).__name__
            self.cockpit.say(f"No draft could be made: {said}")
            return
        self._saved = result
        self.query_one(TextArea).text = result
        self._loaded = True
        self.cockpit.say("")
        self.redraw()
        if self._editor_first:
            self._editor_first = False
            self.action_brief_editor()

    # Drawing

    def redraw(self) -> None:
        """Status line, title and keys; source and preview draw themselves."""
        if not self.is_mounted:
            return
        app, width = self.cockpit, self.size.width
        text = self.query_one(TextArea).text
        count = words(text)
        long = self._audience == "exec" and count > LONGEST_SUMMARY
        title = f"[briefing for {self._audience}]"
        over = f"· over {LONGEST_SUMMARY} words " if long else ""
        length = f" {count} words · {seconds(text)} s to say {over}"
        rule = "─" * (width - text_width(title) - text_width(length) - 2)
        top: Line = (
            ("─", "border"),
            (title, "accent"),
            (rule, "border"),
            (length, "watch" if long else "dim"),
            ("─", "border"),
        )
        status = status_line(app.view, app.playhead, width, app.session.recording.service)
        self.query_one("#above", Canvas).draw([status, fit(top, width)], app.palette)
        keys = key_line(app.keys.of("briefing"), width, (("esc", "save and go back"),))
        said = message(app.message, width, 2)
        below = said if len(said) == 2 else [*(said or [EMPTY]), keys]
        self.query_one("#below", Canvas).draw(below, app.palette)
        self.render_preview()

    def on_resize(self) -> None:
        """Two halves where they fit, else one of them."""
        self._arrange()
        self.call_after_refresh(self.redraw)

    def _arrange(self) -> None:
        both = self.size.width >= 100
        self.query_one(TextArea).display = both or self._source_shown
        self.query_one("#preview").display = both or not self._source_shown

    def render_preview(self) -> None:
        """The source as it will read, scrolled as far as the source is."""
        area, canvas = self.query_one(TextArea), self.query_one("#preview", Canvas)
        width, height = canvas.size
        lines = rendered(inert_lines(area.text), max(10, width - 2))
        row, rows = area.cursor_location[0], max(1, area.document.line_count - 1)
        first = round(max(0, len(lines) - height) * row / rows)
        bar: Line = (("│ ", "border"),)
        shown = [*lines[first : first + height], *[()] * height][:height]
        canvas.draw([(*bar, *line) for line in shown], self.cockpit.palette)

    # Saving

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A second after the last key, save and render."""
        event.stop()
        if not self._loaded:
            return
        self.cockpit.message = ""
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(_QUIET, self._settled)

    def _settled(self) -> None:
        self.save()
        self.redraw()

    def save(self) -> None:
        """Keep the draft in the journal, if it changed."""
        if not self._loaded:
            return
        app, text = self.cockpit, self.query_one(TextArea).text
        if text == self._saved:
            return
        try:
            app.session.save_draft(self._audience, text, app.clock.now)
        except BadInput as error:
            app.say(str(error))
        else:
            self._saved = text

    # Keys

    def action_leave(self) -> None:
        """Save and go back."""
        self.save()
        self.app.pop_screen()
        self.cockpit.want_view()
        self.app.call_after_refresh(self.cockpit.redraw)

    def action_brief_audience(self) -> None:
        """The other audience's draft."""
        self.save()
        self._audience = AUDIENCES[1 - AUDIENCES.index(self._audience)]
        self.load(fresh=False)

    def action_brief_fresh(self) -> None:
        """Draft again from the facts of now."""
        self.save()
        self.load(fresh=True)

    def action_brief_preview(self) -> None:
        """The other half, where only one fits."""
        self._source_shown = not self._source_shown
        self._arrange()
        self.call_after_refresh(self.redraw)

    def action_brief_export(self) -> None:
        """Write the file and say where."""
        self.save()
        app, audience, at = self.cockpit, self._audience, self.cockpit.clock.now
        text = self.query_one(TextArea).text
        export(app, lambda: app.session.export(audience, text, None, at))

    def action_brief_editor(self) -> None:
        """The draft in $EDITOR, and back."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
        area = self.query_one(TextArea)
        if not editor:
            self.cockpit.say("EDITOR is not set; write here, or set it and start again.")
            return
        with tempfile.TemporaryDirectory(prefix="cockpit-") as folder:
            path = Path(folder) / f"briefing-{self._audience}.md"
            path.write_text(area.text, encoding="utf-8")
            try:
                with self.app.suspend():
                    code = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
                self.cockpit.repaint()
                text = path.read_text(encoding="utf-8", errors="replace")
            except (OSError, ValueError) as error:
                self.cockpit.say(inert(f"{editor}: could not be started ({error})"))
                return
            except Exception as error:  # a terminal that cannot be handed over
                self.cockpit.say(f"$EDITOR cannot be used here: {type(error).__name__}.")
                return
        area.text = text
        self.save()
        self.cockpit.say(
            "" if code == 0 else f"The editor ended with code {code}; its text was kept."
        )
