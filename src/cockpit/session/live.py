"""A live session: a service that runs now, its rolling recording or the incident that is open.

Nothing is declared at first. What people decide then has no incident to belong to, so it is
refused; notes and reports are kept, and go along when one is declared.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cockpit.incident import declared
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import events
from cockpit.incident.replay import open_live
from cockpit.incident.state import LONGEST, fold
from cockpit.records import BadInput, Event, NeedsReason, Refused
from cockpit.services import load_services
from cockpit.session import settings
from cockpit.session.recorder_process import RecorderProcess
from cockpit.session.recording import configuration_of, recording_of
from cockpit.session.session import Session
from cockpit.text import inert
from cockpit.units import clock, day, parse_duration
from cockpit.views import ServicePick

if TYPE_CHECKING:
    from collections.abc import Callable

    from cockpit.incident.declared import Open
    from cockpit.services import ServiceConfig
    from cockpit.silence import Silence
    from cockpit.state import State

# what may be written before one is open
_WITHOUT_INCIDENT = frozenset({"note", "report", "undo", "silence"})
_NOT_DECLARED = "no incident is open, so there is nothing to decide yet; D declares one"


class LiveSession(Session):
    """One service at a time, of the services of a configuration; each is recorded meanwhile."""

    is_live = True

    def __init__(
        self, services: dict[str, ServiceConfig], service: str, path: Path, who: str | None
    ) -> None:
        self._services = services
        self._service = services[service]
        self._folder = settings.state_folder()
        self._say: Callable[[str], None] | None = None
        self._recorders = {name: RecorderProcess(path, name) for name in services}
        self._written = 0
        super().__init__(open_live(self._file_to_show(), who or ""), who)

    @classmethod
    def open_newest(cls) -> LiveSession:
        """The incident that was declared last, else the default configuration. Raises BadInput."""
        folder = settings.state_folder()
        for opened in declared.open_incidents(folder):
            config = configuration_of(opened.service, folder)
            if config is not None:
                return cls.open(config, opened.service)
        return cls.open(settings.default_config())

    @classmethod
    def open(cls, config: Path, service: str | None = None, who: str | None = None) -> LiveSession:
        """The service of this name, else the one whose incident was declared last, else the first.

        Raises BadInput naming file, line and mend.
        """
        services = load_services(config)
        if service is not None and service not in services:
            known = ", ".join(services)
            raise BadInput(f"there is no service '{inert(service)}'; there are: {known}")
        opened = declared.open_incidents(settings.state_folder())
        known_open = [each.service for each in opened if each.service in services]
        return cls(services, service or [*known_open, *services][0], config, who)

    # Which file

    @property
    def declared(self) -> bool:
        """Whether an incident is open; else the rolling recording is shown."""
        return bool(self._incident.recording.meta(declared.DECLARED))

    def now(self) -> int:
        """The wall clock, µs UTC."""
        return time.time_ns() // 1_000

    def changed(self) -> int:
        """Another number whenever something new was recorded or written."""
        return self._incident.recording.changes + self._written

    def refresh(self) -> str:
        """Follow what happened elsewhere; a line to say, or "". Raises BadInput."""
        said = [recorder.keep_running() for recorder in self._recorders.values()]
        opened = declared.open_incidents(self._folder, self._service.name)
        if bool(opened) != self.declared or (opened and opened[0].path != self._shown):
            wanted = self._file_to_show()
            was_declared = self.declared
            self._go_to(wanted)
            said.append(
                "An incident was declared: this is its file."
                if self.declared and not was_declared
                else "The incident was resolved elsewhere: this is the recording again."
            )
        return next(filter(None, said), "")

    @property
    def _shown(self) -> Path:
        return self._incident.recording.path

    def _file_to_show(self) -> Path:
        """The incident of this service that was declared last, else its rolling recording."""
        opened = declared.open_incidents(self._folder, self._service.name)
        if opened:
            return opened[0].path
        with recording_of(self._service, self._folder) as file:
            return file.path

    def _go_to(self, path: Path) -> None:
        """Look at another file from now on."""
        before, worker = self._incident, self._worker
        self._take(open_live(path, self._who))
        if worker is not None and self._say is not None:
            self.compute_apart(self._say)
            worker.close()
        before.close()

    def compute_apart(self, say: Callable[[str], None]) -> None:
        """Have a worker compute what the screen shows; `say` gets a line if it ends of itself."""
        self._say = say
        super().compute_apart(say)

    def close(self) -> str:
        """Stop recording and close; where the open incident is kept, or ""."""
        for recorder in self._recorders.values():
            recorder.close()
        kept = str(self._incident.recording.path) if self.declared else ""
        super().close()
        return kept

    # Several services

    def picks(self) -> list[ServicePick]:
        """The services of the configuration; none where it has but one."""
        if len(self._services) < 2:
            return []
        opened = {each.service: each for each in declared.open_incidents(self._folder)}
        return [self._pick(name, opened.get(name)) for name in self._services]

    def _pick(self, name: str, incident: Open | None) -> ServicePick:
        if incident is None:
            return ServicePick(name=name, declared=False)
        with IncidentFile.open(incident.path) as file:
            severity = fold(events(file), self.now()).severity
        return ServicePick(
            name=name,
            declared=True,
            severity="" if severity is None else severity.severity,
            since=incident.declared_at,
        )

    def switch(self, service: str) -> str:
        """Look at another service. Raises Refused where there is none of that name."""
        if service not in self._services:
            raise Refused(f"there is no service '{inert(service)}'")
        self._service = self._services[service]
        self._go_to(self._file_to_show())
        return f"This is {inert(service)}."

    # Beginning and end

    def declare(self, title: str, at: int) -> str:
        """Declare an incident with some hours before it, and show its file; the line to say."""
        if self.declared:
            raise Refused("an incident is open already; :resolve ends it")
        look_back = parse_duration(self._service.config.incident.look_back)
        path = declared.declare(
            self._incident.recording,
            self._folder,
            at=at,
            look_back=look_back,
            title=inert(title.strip(), 200),
            writer=self._who,
        )
        self._go_to(path)
        return f"Declared. What is done here is kept in {inert(path, 4_096)}"

    def resolve(self, reason: str, at: int) -> str:
        """End the incident and seal its file; where it lies.

        Raises NeedsReason where something speaks against it and no reason is given.
        """
        if not self.declared:
            raise Refused("no incident is open")
        against = _unfinished(self.state(at))
        if against and not reason.strip():
            raise NeedsReason(f"still open: {', '.join(against)}", ["false alarm", "handed over"])
        path = self._shown
        with recording_of(self._service, self._folder) as recording:
            declared.follow(recording, self._incident.recording)
            showing = recording.path
        declared.end(
            self._incident.recording, at=at, reason=inert(reason.strip()), writer=self._who
        )
        self._go_to(showing)
        sealed = declared.seal(path)
        said = f"Resolved: {inert(path, 4_096)}"
        return said if sealed else f"{said} (sealed once nobody has it open)"

    # Outside

    def preview_silence(self, alert: str, length: str, comment: str, at: int) -> Silence:
        """What would be sent to silence an alert, by its name or by matchers; nothing is sent.

        Raises BadInput, Unreachable where the Alertmanager does not answer.
        """
        from cockpit.session import silencing

        settings = self._service.config.sources.alerts
        return silencing.preview(settings, alert, length, comment, at=at, author=self._who)

    def silence(self, silence: Silence, at: int) -> Silence:
        """Send a silence as it was shown, and journal it; the same with its id.

        Raises BadInput, Unreachable.
        """
        from cockpit.session import silencing

        made = silencing.make(self._service.config.sources.alerts, silence)
        until = f"until {day(made.ends_at)} {clock(made.ends_at)} UTC"
        self._journal_silence(at, f"silenced {made.what} {until}: {made.comment}", made)
        return made

    def find_silence(self, silence: str) -> Silence:
        """A silence that is to be ended, by its id. Raises BadInput, Unreachable."""
        from cockpit.session import silencing

        return silencing.find(self._service.config.sources.alerts, silence)

    def end_silence(self, silence: Silence, comment: str, at: int) -> None:
        """End a silence now, and journal that. Raises BadInput, Unreachable."""
        from cockpit.session import silencing

        silencing.expire(self._service.config.sources.alerts, silence)
        why = inert(comment.strip(), LONGEST)
        self._journal_silence(at, f"ended the silence of {silence.what}: {why}", silence)

    def _journal_silence(self, at: int, text: str, silence: Silence) -> None:
        """A person's own entry; the Alertmanager tells of its effect by itself."""
        try:
            self._write("silence", at, text=text, silence=silence.id, until=silence.ends_at)
        except BadInput as error:
            raise BadInput(f"it is done, but could not be journalled: {error}") from None

    def _write(self, kind: str, at: int, *, text: str = "", **data: Any) -> Event:
        if not self.declared and kind not in _WITHOUT_INCIDENT:
            raise Refused(_NOT_DECLARED)
        self._written += 1
        return super()._write(kind, at, text=text, **data)


def _unfinished(state: State) -> list[str]:
    """What speaks against ending an incident, in few words each."""
    found = []
    choice = state.choice
    if choice is None:
        found.append("no containment was chosen")
    elif choice.executed_at is None and choice.option != "observe":
        found.append(f"{choice.label} is not executed")
    waiting = sum(ask.answer is None for ask in state.asks)
    if waiting:
        found.append(f"{waiting} ask{'s' if waiting > 1 else ''} without an answer")
    if state.phase not in ("validation", "postmortem"):
        found.append(f"the phase is {state.phase}")
    return found
