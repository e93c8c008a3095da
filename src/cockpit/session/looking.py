"""Looking at an open incident: what was recorded, what people did, and the view of both at T."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from cockpit.incident.file import CONTENT, IncidentFile
from cockpit.incident.journal import person
from cockpit.incident.replay import Replay, newest, open_incident, open_replay
from cockpit.incident.schema import IDENTITY
from cockpit.incident.state import RECORDING, fold
from cockpit.incident.timeline import timeline
from cockpit.records import Refused
from cockpit.session import screens, settings
from cockpit.session.figures import Figures
from cockpit.session.worker import NoAnswer, Worker
from cockpit.text import inert
from cockpit.views import Earlier, RecordingInfo, TimelineEntry, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from cockpit.assess.signature import Signature
    from cockpit.records import Assessment, Window
    from cockpit.state import State
    from cockpit.views import Experiment, ExperimentWish

Told = TypeVar("Told")


class Looking:
    """An incident opened to look at; it keeps what was looked at last."""

    def __init__(self, incident: Replay, who: str | None = None) -> None:
        """Takes over `incident`, and closes it where its settings cannot be used (BadInput)."""
        self._who = inert(who or person(), 80)
        self._worker: Worker | None = None
        self._take(incident)

    def _take(self, incident: Replay) -> None:
        """Look at this incident from now on; whichever was open before is the caller's to close."""
        try:
            config = settings.config_of(incident.recording)
            recording = settings.info_of(incident, config)
        except BaseException:
            incident.close()
            raise
        self._incident = incident
        self._config = config
        self.recording: RecordingInfo = recording
        self._last_view: View | None = None
        self._seen_before: list[Earlier] = []
        self.figures = Figures(incident, config, recording)

    # Opening and closing

    @classmethod
    def read(cls, path: Path) -> Self:
        """A recording, or a replay's own file, opened to read. Raises BadInput."""
        return cls(open_incident(path))

    @classmethod
    def replay(
        cls, path: Path, *, journal: Path | None = None, resume: bool, who: str | None = None
    ) -> Self:
        """A replay of a recording, in a file of its own; or that file again. Raises BadInput."""
        folder = settings.state_folder()
        return cls(open_replay(path, journal=journal, resume=resume, state_folder=folder), who)

    @staticmethod
    def newest_replay(path: Path) -> Path | None:
        """The newest replay of this recording in which something was done."""
        with IncidentFile.open(path) as recording:
            found = newest(recording, settings.state_folder())
        if found is None:
            return None
        with IncidentFile.open(found) as own:
            return found if settings.own_events(own) else None

    def compute_apart(self, say: Callable[[str], None]) -> None:
        """Have a worker compute what the screen shows; `say` gets a line if it ends of itself."""
        self._worker = Worker(self._incident.path, say)

    def close(self) -> str:
        """Close the files; the path of the one that kept what was done here, or ""."""
        if self._worker is not None:
            self._worker.close()
        self._incident.close()
        return "" if self._incident.kept_in is None else str(self._incident.kept_in.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Looking

    @property
    def is_open_incident(self) -> bool:
        """Whether it is an incident that was declared and is not finished."""
        recording = self._incident.recording
        return bool(recording.meta(IDENTITY)) and not recording.meta(CONTENT)

    @property
    def opens_at(self) -> int:
        """Where a replay starts: where the last one was left, else shortly before the page."""
        times = [event.at for event in settings.own_events(self._incident.own)]
        if self._left is not None:
            times.append(self._left.at)
        return max(times, default=self.recording.opens_at)

    def view(self, at: int) -> View:
        """Everything on the screen at `at`, from what was observed by then."""
        view = msgspec.structs.replace(self._ask(Figures.view, at), seen=self._seen_before)
        self._last_view = view
        return view

    def assessment(self, at: int, window: Window | None = None) -> Assessment:
        """Every metric and drift figure at `at`, over `window` or the default ones."""
        return self.figures.assessment(at, window)

    def experiment(self, at: int, wish: ExperimentWish | None = None) -> Experiment:
        """How a fix would be proved at `at`, and how far it is. Raises BadInput for a bad wish."""
        if wish is None:
            return self._ask(Figures.experiment, at, None)
        return self.figures.experiment(at, wish)

    def signature(self, at: int) -> Signature:
        """What the incident looks like at `at`, in signs that another may have too."""
        return self.figures.signature(at)

    def seen_before(self, at: int, folder: Path | None = None) -> tuple[list[Earlier], list[str]]:
        """Earlier incidents of a folder (that of the recording) like this one, the likest first.

        Also a line for each file that could not be read. The views that follow name the likest.
        Raises BadInput.
        """
        from cockpit.session.seen import ALIKE

        found, left_out = self._ask(Figures.seen_before, at, folder)
        self._seen_before = [earlier for earlier in found if earlier.likeness >= ALIKE]
        return found, left_out

    def state(self, at: int) -> State:
        """Where the incident stands at `at`, by its journal."""
        return fold(self._incident.events(until=at), at)

    def timeline(self, at: int) -> list[TimelineEntry]:
        """What happened and what was decided by `at`, in order."""
        return timeline(self._incident.events(until=at), at)

    def events(self) -> list[tuple[int, str]]:
        """When each recorded event could be known, and its kind, in order."""
        every = self._incident.events()
        return sorted((e.observed_at, e.kind) for e in every if e.writer == RECORDING)

    def draft(self, audience: str, at: int) -> str:
        """The markdown briefing at `at`: the saved draft if there is one, else from the facts."""
        return self.state(at).drafts.get(audience) or self.fresh_draft(audience, at)

    def fresh_draft(self, audience: str, at: int) -> str:
        """The markdown briefing at `at`, from the facts alone."""
        return self._ask(Figures.fresh_draft, audience, at)

    def _seen(self, at: int) -> View:
        """The view the person acts on: the last one, unless it tells of what comes after `at`."""
        seen = self._last_view
        return self._view_now(at) if seen is None or seen.at > at else seen

    def _view_now(self, at: int) -> View:
        """The view at `at` to act on at once. Raises Refused where a worker is to make it first."""
        if self._worker is not None:
            raise Refused("the figures of this moment are on their way; do it again when they are")
        return self.view(at)

    def _ask(self, method: Callable[..., Told], *given: object) -> Told:
        """What a method of `Figures` tells: of the worker where there is one, else of our own."""
        worker = self._worker
        if worker is not None:
            try:
                told: Told = worker.ask(method.__name__, *given)
                return told
            except OSError:  # no process is to be had, and the worker has said so
                self._worker = None
            except NoAnswer:
                if self._worker is worker:
                    raise
                return self._ask(method, *given)  # another incident was opened meanwhile
        return method(self.figures, *given)

    # Keeping what was seen

    def stored_view(self, at: int) -> View | None:
        """A view computed before, of `at` or earlier: shown, and acted on, until a live one is.

        That with which this replay was left, else the one that an import leaves in its recording.
        """
        if self._left is not None and self._left.at <= at:
            self._last_view = self._left
        else:
            first = settings.stored_view(self._incident.recording)
            if first is None or first.at > at:
                return None
            # It lies in the file that it names, so it was made before the file had its name.
            self._last_view = msgspec.structs.replace(first, recording=self.recording.content_id)
        return self._last_view

    def save_view(self, view: View) -> None:
        """Keep a view where what is done here is kept, to show at once when it is opened again."""
        if self._incident.kept_in is not None:
            settings.store_view(self._incident.kept_in, view)

    def keep_screen(self, kind: str, text: str, svg: str, at: int) -> None:
        """Keep what was seen at `at` as text and picture; `kind` is why: "choose", "execute" …"""
        if self._incident.kept_in is not None:
            screens.keep(self._incident.kept_in, kind, text, svg, at)

    @cached_property
    def _left(self) -> View | None:
        """The view with which this replay was left."""
        own = self._incident.own
        return None if own is None else settings.stored_view(own)
