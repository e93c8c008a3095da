"""A live session made by hand: time, what is recorded and what happens elsewhere are the test's."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.records import HOUR, SECOND, Refused, Window
from cockpit.silence import Matcher, Silence
from cockpit.units import parse_duration
from cockpit.views import ServicePick, SourceState, View
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import END, OPENS, PAGED, START

WELL = [
    SourceState(name=name, failing=False, since=START)
    for name in ("metrics", "predictions", "alerts", "changes[0]")
]


class FakeLive(FakeSession):
    """A running system at `at`, which tests move on."""

    is_live = True

    def __init__(
        self, declared: bool = False, labels: str = "", empty: bool = False, services: int = 1
    ) -> None:
        super().__init__(labels=labels, empty=empty)
        self.declared = declared
        self.at = OPENS
        self.news = ""  # what happened elsewhere, told once
        self.firing = 1  # alerts that a silence would hold back
        self.refused: Exception | None = None  # what the Alertmanager says to a silence
        self.recorded = 1  # how much was recorded
        self.views: list[int] = []  # the times of the views that were asked for
        self.sources: list[SourceState] = list(WELL)
        self.services = [
            ServicePick(name="card-fraud", declared=declared, severity="SEV2", since=PAGED),
            ServicePick(name="credit-limit", declared=False),
            ServicePick(name="search-ranking", declared=True, severity="SEV1", since=START),
        ][:services]
        began = OPENS - 10 * SECOND if empty else START - 6 * HOUR
        span = Window(start=began, end=OPENS if empty else END)
        self.recording = replace(self.recording, span=span)

    def passes(self, seconds: int) -> None:
        """So much time passes."""
        self.at += seconds * SECOND

    def fails(self, *names: str, since: int = OPENS - 40 * SECOND) -> None:
        """These sources fail since a time; the others are well."""
        failing = [
            SourceState(name=name, failing=True, since=since, cause="connection refused")
            for name in names
        ]
        well = [state for state in WELL if state.name not in names]
        self.sources = [*failing, *well]

    # The interface of a live session

    def now(self) -> int:
        return self.at

    def refresh(self) -> str:
        news, self.news = self.news, ""
        return news

    def changed(self) -> int:
        return self.recorded + len(self.done)

    def view(self, at: int) -> View:
        self.views.append(at)
        return replace(super().view(at), sources=self.sources)

    def declare(self, title: str, at: int) -> str:
        self.declared = True
        self._did("declare", at, title, title, at)
        return f"Declared: {title}."

    def resolve(self, reason: str, at: int) -> str:
        if not self.declared:
            raise Refused("no incident is open")
        self.declared = False
        self._did("resolve", at, reason, reason, at)
        return "Resolved; it lies in /state/incidents/card-fraud-20261103-0250.incident"

    def preview_silence(self, alert: str, length: str, comment: str, at: int) -> Silence:
        if self.refused is not None:
            raise self.refused
        return Silence(
            matchers=[Matcher(name="alertname", value=alert)],
            starts_at=at,
            ends_at=at + parse_duration(length),
            author="ann@here",
            comment=comment,
            alerts=[f"{alert} (critical): {n}" for n in range(min(self.firing, 20))],
            count=self.firing,
        )

    def silence(self, silence: Silence, at: int) -> Silence:
        if self.refused is not None:
            raise self.refused
        self._did("silence", at, silence.comment, silence.what, silence.comment)
        return replace(silence, id="519840e9")

    def picks(self) -> list[ServicePick]:
        return self.services if len(self.services) > 1 else []

    def switch(self, service: str) -> str:
        self.recording = replace(self.recording, service=service)
        return f"This is {service}."

    def close(self) -> str:
        self.closed = True
        return "/state/incidents/card-fraud-20261103-0250.incident" if self.declared else ""
