"""An incident opened: to read, to replay in a file of its own, or live, in the file itself."""

from __future__ import annotations

import os
import re
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote_to_bytes

from cockpit.incident.connection import AlreadyExists, shown
from cockpit.incident.file import CONTENT, IncidentFile
from cockpit.incident.journal import Journal, events, last_lamport, person
from cockpit.incident.schema import IDENTITY
from cockpit.incident.state import ordered
from cockpit.records import BadInput, Event

if TYPE_CHECKING:
    from cockpit.incident.telemetry import Telemetry

RECORDING_ID, RECORDING_PATH = "recording", "recording_path"  # meta of a replay's own file
REPLAYS = "replays"
_LONGEST_STEM = 40  # characters, of up to four bytes


class Replay:
    """An open incident: the recording, and the replay's own live file where there is one.

    `journal` adds to the own file, or to the recording where that is live and open to be added to;
    else it refuses.
    """

    def __init__(self, recording: IncidentFile, own: IncidentFile | None, writer: str) -> None:
        self.recording = recording
        self.own = own
        after = last_lamport(recording) if own else 0
        self.journal = Journal(own or recording, writer, after=after)

    @property
    def kept_in(self) -> IncidentFile | None:
        """The file that takes what is done and seen here; None where it is only read."""
        return self.own or (self.recording if self.recording.mode == "live" else None)

    @property
    def path(self) -> Path:
        """The file that holds what is done here; the recording where there is none."""
        return (self.own or self.recording).path

    @cached_property
    def telemetry(self) -> Telemetry:
        """What was measured. Loads numpy."""
        from cockpit.incident.telemetry import Telemetry

        return Telemetry(self.recording)

    def events(self, until: int | None = None) -> list[Event]:
        """The recording's events and the replay's own, observed by `until`, in display order."""
        found = events(self.recording, until)
        return ordered([*found, *events(self.own, until)]) if self.own else found

    def close(self) -> None:
        """Close both files."""
        self.recording.close()
        if self.own:
            self.own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_replay(
    path: Path | str,
    *,
    state_folder: Path,
    journal: Path | str | None = None,
    resume: bool = True,
    writer: str = "",
) -> Replay:
    """Replay a recording, in the newest replay of it (`resume`), in a new one, or in `journal`.

    `path` may also be a replay's own file: it is resumed. `writer` is user@host where not given.
    The recording is never changed, unless it is that of an incident which is still open: then what
    is done belongs into it. Raises BadInput, one line.
    """
    own = None
    recording = IncidentFile.open(path)
    try:
        if recording.meta(IDENTITY) and not recording.meta(CONTENT):
            recording.close()
            return open_live(path, writer)
        if recording.meta(RECORDING_ID):
            journal = journal or path
            with recording as replayed:
                recording = recording_of(replayed)
        chosen = Path(journal) if journal else None
        if chosen is None and resume:
            chosen = newest(recording, state_folder)
        if chosen is None:
            own = _create_next(recording, state_folder)
        elif os.path.lexists(chosen):
            own = _open_own(recording, chosen)
        else:
            own = _create(recording, chosen)
        return Replay(recording, own, writer or person())
    except BaseException:
        recording.close()
        if own:
            own.close()
        raise


def open_live(path: Path | str, writer: str = "") -> Replay:
    """A live recording or incident, to look at and to work in. Raises BadInput."""
    return Replay(IncidentFile.open_live(path), None, writer or person())


def open_incident(path: Path | str) -> Replay:
    """A recording, or a replay's own file with its recording, to read only.

    Raises BadInput, one line; also where the recording of a replay is gone or is another now.
    """
    file = IncidentFile.open(path)
    try:
        if not file.meta(RECORDING_ID):
            return Replay(file, None, "")
        return Replay(recording_of(file), file, "")
    except BaseException:
        file.close()
        raise


def recording_path(own: IncidentFile) -> Path:
    """Where the recording was when the replay was last opened to work in."""
    return Path(os.fsdecode(unquote_to_bytes(own.meta(RECORDING_PATH))))


def recording_of(own: IncidentFile) -> IncidentFile:
    """The recording that a replay's own file names: at its path, or beside the file itself."""
    path, content_id = recording_path(own), own.meta(RECORDING_ID)
    beside = own.path.with_name(path.name) if path.name else path
    found = next((p for p in (path, beside) if _is_file(p)), None)
    if found is None:
        raise BadInput(f"{shown(own.path)} replays {shown(path)}, which is gone; put it back there")
    recording = IncidentFile.open(found)
    try:
        if recording.content_id != content_id:
            raise BadInput(
                f"{shown(own.path)} replays {content_id[:8]}, but {shown(found)} holds"
                f" {recording.content_id[:8]} now; put the recording back there"
            )
    except BaseException:
        recording.close()
        raise
    return recording


def newest(recording: IncidentFile, state_folder: Path) -> Path | None:
    """The own file of the replay of this recording that was begun last, if there is one."""
    for _, path in sorted(_numbered(recording, state_folder), reverse=True):
        try:
            with IncidentFile.open(path) as own:
                if own.meta(RECORDING_ID) == recording.content_id:
                    return path
        except BadInput:
            continue  # a damaged one is left where it is, and an older one resumed
    return None


def _numbered(recording: IncidentFile, state_folder: Path) -> list[tuple[int, Path]]:
    """Number and path of every file named as a replay of this recording."""
    name = re.compile(rf".*-{recording.content_id[:8]}-(\d{{1,9}})\.incident")
    try:
        paths = list((state_folder / REPLAYS).iterdir())
    except OSError:
        return []
    return [(int(match[1]), path) for path in paths if (match := name.fullmatch(path.name))]


def _create_next(recording: IncidentFile, state_folder: Path) -> IncidentFile:
    folder = state_folder / REPLAYS
    try:
        state_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{shown(folder)} cannot be made: {error.strerror}") from None
    begun = max((number for number, _ in _numbered(recording, state_folder)), default=0)
    stem = f"{recording.path.stem[:_LONGEST_STEM]}-{recording.content_id[:8]}"
    for number in count(begun + 1):
        try:
            return _create(recording, folder / f"{stem}-{number}.incident")
        except AlreadyExists:
            continue  # another session took the number
    raise AssertionError("numbers do not end")


def _create(recording: IncidentFile, path: Path) -> IncidentFile:
    return IncidentFile.create(
        path,
        service=recording.service,
        bucket=recording.bucket,
        live=True,
        meta={
            RECORDING_ID: recording.content_id,
            RECORDING_PATH: _quoted(recording.path),
        },
    )


def _open_own(recording: IncidentFile, path: Path) -> IncidentFile:
    own = IncidentFile.open_live(path)
    if own.meta(RECORDING_ID) != recording.content_id:
        own.close()
        raise BadInput(
            f"{shown(path)} is no replay of {shown(recording.path)}; name another file, or none"
        )
    if own.meta(RECORDING_PATH) != _quoted(recording.path):
        own.put_meta(RECORDING_PATH, _quoted(recording.path))
    return own


def _quoted(path: Path) -> str:
    """A path as meta holds it, for a name may be no text; `recording_path` reads it."""
    return quote(os.fsencode(path.absolute()), safe="/ ")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name no file can have
        return False
