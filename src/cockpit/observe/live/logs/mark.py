"""The mark of a prediction log: how far each of its files has been read, as text."""

from __future__ import annotations

import msgspec

from cockpit.observe.live.source import SourceFailed

MOST_FILES = 200  # told apart in a mark; beyond them, those written longest ago are forgotten


class Position(msgspec.Struct, array_like=True, frozen=True):
    """How far one file has been read, and how to know it again."""

    at: int = 0  # bytes of text, or rows of Parquet
    ended: int = 0  # the file's size when there was no more to read; 0: there may be
    head: str = ""  # fingerprint of the first `length` bytes
    length: int = 0
    modified: int = 0  # µs since 1970


class Positions(msgspec.Struct, array_like=True):
    """How far each file of a log has been read, by name."""

    files: dict[str, Position] = {}
    forgotten: int = 0  # files no younger than this (µs since 1970) that are not there were read

    def copy(self) -> Positions:
        """The same, to be changed apart."""
        return Positions(dict(self.files), self.forgotten)

    def forget(self, most: int = MOST_FILES) -> None:
        """Keep but so many files: those written last."""
        oldest = sorted(self.files, key=lambda name: (self.files[name].modified, name))
        for name in oldest[: max(len(oldest) - most, 0)]:
            self.forgotten = max(self.forgotten, self.files.pop(name).modified)


class Mark(msgspec.Struct, omit_defaults=True):
    """Where to go on: tables on the fast clock are handed over sooner than the others."""

    fast: Positions = msgspec.field(default_factory=Positions)
    # where files were when the slow tables were handed over, of those read further since
    slow: dict[str, int] = {}
    labels: Positions = msgspec.field(default_factory=Positions)
    generation: int = 0  # of the label index, µs
    joined: dict[str, list[str]] = {}  # values of segments that were met since the beginning

    def text(self) -> str:
        """As it is kept."""
        return msgspec.json.encode(self).decode()


def read_mark(text: str) -> Mark:
    """A mark as it was kept. Raises SourceFailed where it is none."""
    try:
        return msgspec.json.decode(text, type=Mark)
    except msgspec.DecodeError:
        raise SourceFailed("the recording's mark of this log cannot be read") from None
