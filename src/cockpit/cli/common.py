"""What commands share: options, opening an incident, and printing JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cockpit.records import BadInput, naming
from cockpit.text import inert
from cockpit.units import iso, parse_duration, parse_instant, parse_share

if TYPE_CHECKING:
    from cockpit.session import Session

FILE = click.argument("file", type=click.Path(path_type=Path))
AT = click.option(
    "--at", metavar="T", help="Look at this time (02:51:10 or RFC 3339); default: the end."
)
JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, documented in docs/json.md."
)
WHO = click.option(
    "--as", "who", metavar="NAME", help="Who you are in the journal; default: user@host."
)

_CLEAR = "\r\x1b[K"  # back to the start of the line, and nothing on it


def open_reading(file: Path) -> Session:
    """An incident or a replay's own file, opened to read."""
    from cockpit.session import Session

    return Session.read(file)


def instant(session: Session, text: str | None) -> int:
    """The time --at names; without it, the end of the recording."""
    span = session.recording.span
    if text is None:
        return span.end
    at = parse_time(session, text, "--at")
    if not span.start <= at <= span.end:
        reach = f"from {iso(span.start)} to {iso(span.end)}"
        click.echo(f"note: {iso(at)} is outside the recording, {reach}", err=True)
    return at


def parse_time(session: Session, text: str, option: str) -> int:
    """A time inside a session, by clock or in full. Raises BadInput naming the option."""
    with naming(option):
        return parse_instant(text, near=session.recording.span.end)


def parse_length(text: str, option: str) -> int:
    """A duration given to an option. Raises BadInput naming the option."""
    with naming(option):
        return parse_duration(text)


def parse_part(text: str | None, option: str) -> float | None:
    """A share above nothing and below all, given to an option. Raises BadInput naming it."""
    if text is None:
        return None
    with naming(option):
        share = parse_share(text)
        if not 0.0 < share < 1.0:
            raise BadInput(f"'{text}' is none or all; write one like 10% or 0.1")
        return share


def shown(path: Path) -> str:
    """A path as a command prints it: in full, but inert, for a name is text from outside."""
    return inert(path, 4_096)


@contextmanager
def showing_progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Who is told how far something is: it stands on stderr while the block lasts, if seen at all.

    Its stage, how much is done, and of how much; 0 where that is not known.
    """
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield _progress
    finally:
        click.echo(_CLEAR, err=True, nl=False)  # of a stage that was left halfway


def _progress(stage: str, done: int, total: int) -> None:
    """One line on stderr, rewritten in place; cleared when a stage is complete."""
    of = f" of {total:,}" if total else ""
    click.echo(f"{_CLEAR}{stage} {done:,}{of}", err=True, nl=False)
    if total and done >= total:
        click.echo(_CLEAR, err=True, nl=False)


def print_json(schema: str, body: Any) -> None:
    """One JSON document on stdout, with its schema's name and version first."""
    fields = msgspec.to_builtins(body)
    document = {"schema": schema, **fields}
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
