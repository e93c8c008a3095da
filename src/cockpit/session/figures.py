"""What takes numpy and time to tell of one incident: its view at T, and all that is like it.

Everything here is a pure function of the recording, the journal and T.
"""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cockpit.incident.schema import BEGUN
from cockpit.incident.state import fold
from cockpit.session import settings
from cockpit.setting import with_values
from cockpit.views import Earlier, View

if TYPE_CHECKING:
    from cockpit.assess.signature import Signature
    from cockpit.config import Config
    from cockpit.decide.severity.policy import Policy
    from cockpit.incident.replay import Replay
    from cockpit.records import Assessment, Window
    from cockpit.session.gather import Gatherer
    from cockpit.views import Experiment, ExperimentWish, RecordingInfo


class Figures:
    """Computes for one open incident, one thing at a time; numpy is loaded by the first."""

    def __init__(self, incident: Replay, config: Config, recording: RecordingInfo) -> None:
        self._incident = incident
        self._config = config
        self._recording = recording
        self._gathering: tuple[str, Gatherer] | None = None
        self._one_at_a_time = threading.Lock()  # the gatherer keeps what it found

    def view(self, at: int) -> View:
        """Everything on the screen at `at`, from what was observed by then."""
        from cockpit.session.compose import compose

        with self._one_at_a_time:
            events = self._incident.events(until=at)
            span = self._incident.telemetry.span()  # of a live recording, it grows
            recording = replace(self._recording, span=span)
            return compose(self._gatherer, events, at, self._config, self.policy, recording)

    def assessment(self, at: int, window: Window | None) -> Assessment:
        """Every metric and drift figure at `at`, over `window` or the default ones."""
        with self._one_at_a_time:
            return self._gatherer.assessment(at, self._incident.events(until=at), window)

    def experiment(self, at: int, wish: ExperimentWish | None) -> Experiment:
        """How a fix would be proved at `at`, and how far it is. Raises BadInput for a bad wish."""
        from cockpit.session.experiments import planned, watched

        with self._one_at_a_time:
            events = self._incident.events(until=at)
            state = fold(events, at)
            config = with_values(self._config, state.assumed)
            plan = planned(self._gatherer, events, at, state, config, wish)
            return replace(plan, verdict=watched(self._gatherer, at, state))

    def signature(self, at: int) -> Signature:
        """What the incident looks like at `at`, in signs that another may have too."""
        from cockpit.assess.signature import signature

        with self._one_at_a_time:
            found = self._gatherer.at(at, self._incident.events(until=at))
        return signature(found.assessment, found.changes, found.onset)

    def seen_before(self, at: int, folder: Path | None) -> tuple[list[Earlier], list[str]]:
        """Earlier incidents of a folder (that of the recording) like this one, the likest first.

        Also a line for each file that could not be read. Raises BadInput.
        """
        from cockpit.session.seen import seen_before

        folder = folder or Path(self._recording.path).parent
        return seen_before(self.signature(at), self._recording.span.start, folder)

    def fresh_draft(self, audience: str, at: int) -> str:
        """The markdown briefing at `at`, from the facts alone."""
        from cockpit.brief.draft import draft

        events = self._incident.events(until=at)
        sent = [e for e in events if e.kind == "export" and e.data.get("audience") == audience]
        return draft(
            self.view(at), audience, self._config, previous_export=sent[-1] if sent else None
        )

    @cached_property
    def policy(self) -> Policy:
        """The severity policy. Raises BadInput; read late, for painting the screen needs none."""
        return settings.policy_of(self._incident.recording, self._config)

    @property
    def _gatherer(self) -> Gatherer:
        """Made anew where a live recording has got documents that it began without."""
        from cockpit.session.gather import Gatherer

        documents = self._incident.recording.meta(BEGUN)
        if self._gathering is None or self._gathering[0] != documents:
            self._gathering = documents, Gatherer(self._incident, self._config)
        return self._gathering[1]
