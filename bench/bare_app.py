"""The least a Textual program can be: a header, a line of text, a footer."""

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Static


class BareApp(App[None]):
    """Shows one line."""

    def compose(self) -> ComposeResult:
        """Header, text, footer."""
        yield Header()
        yield Static("ready to read")
        yield Footer()


if __name__ == "__main__":
    BareApp().run()
