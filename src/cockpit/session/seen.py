"""Seen before: the incident files of a folder that look like the present incident, and their end.

An earlier incident is looked at as it stood when its containment was chosen, else at its end. What
it looked like then is kept in the state folder, so that a folder is slow to search only once.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from cockpit import __version__
from cockpit.assess.signature import Signature, in_common, likeness
from cockpit.brief.export import write_text
from cockpit.records import BadInput, Record
from cockpit.session import settings
from cockpit.session.looking import Looking
from cockpit.text import inert
from cockpit.views import Earlier

ALIKE = 0.3  # from which likeness an earlier incident is worth a look


class _Kept(Record, kw_only=True):
    """A signature in the state folder; one that another cockpit made is made anew."""

    cockpit: str
    signature: Signature


def seen_before(ours: Signature, since: int, folder: Path) -> tuple[list[Earlier], list[str]]:
    """Incidents of `folder` from before `since` (µs), the likest first; a line for each left out.

    Of several files of one recording (its replays among them) one where something was done goes
    first. Raises BadInput where the folder cannot be read.
    """
    try:
        paths = sorted(folder.glob("*.incident"))
    except OSError as error:
        raise BadInput(f"{inert(folder)}: {error.strerror}; name another folder") from None
    if not folder.is_dir():
        raise BadInput(f"{inert(folder)}: there is no such folder")
    found: dict[str, Earlier] = {}
    left_out: list[str] = []
    for path in paths:
        try:
            with Looking.read(path) as other:
                if other.recording.span.start < since:
                    earlier = _earlier(other, path, ours)
                    known = found.get(other.recording.content_id)
                    if known is None or (earlier.done and not known.done):
                        found[other.recording.content_id] = earlier
        except BadInput as error:
            left_out.append(f"{inert(path.name)} left out: {inert(error)}")
    return sorted(found.values(), key=lambda e: (-e.likeness, -e.began)), left_out


def _earlier(other: Looking, path: Path, ours: Signature) -> Earlier:
    end = other.recording.span.end
    state = other.state(end)
    choice = state.choice
    theirs = _signature(other, end if choice is None else choice.chosen_at)
    starts = (state.onset, theirs.began, state.paged_at, other.recording.span.start)
    began = next(at for at in starts if at is not None)
    done_at = None if choice is None else choice.executed_at or choice.chosen_at
    return Earlier(
        file=inert(path.name),
        service=other.recording.service,
        began=began,
        likeness=likeness(ours, theirs),
        common=in_common(ours, theirs),
        done="" if choice is None else choice.label,
        took=None if done_at is None else done_at - began,
        open=[f"{ask.who}: {ask.what}" for ask in state.asks if ask.state != "answered"],
    )


def _signature(other: Looking, at: int) -> Signature:
    """What `other` looked like at `at`, from the state folder where it is kept there."""
    kept = settings.state_folder() / "signatures" / f"{other.recording.content_id}-{at}.json"
    try:
        found = msgspec.json.decode(kept.read_bytes(), type=_Kept)
        if found.cockpit == __version__:
            return found.signature
    except (OSError, msgspec.DecodeError):
        pass  # never kept, or not whole: it is made anew
    signature = other.signature(at)
    told = msgspec.json.encode(_Kept(cockpit=__version__, signature=signature)).decode()
    with suppress(OSError, BadInput):  # where it cannot be kept, the next search takes as long
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_text(kept, told)
    return signature
