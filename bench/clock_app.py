"""The least a Textual program that lives can be: a clock that ticks each second."""

from datetime import UTC, datetime

from textual.app import App, ComposeResult
from textual.widgets import Static


class ClockApp(App[None]):
    """Shows the time."""

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("ready to read", id="clock")

    def on_mount(self) -> None:
        """Tick each second."""
        self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """Show the new second."""
        self.query_one("#clock", Static).update(f"ready to read {datetime.now(UTC):%H:%M:%S}")


if __name__ == "__main__":
    ClockApp().run()
