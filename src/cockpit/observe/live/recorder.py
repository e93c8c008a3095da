"""The recorder: asks every source when it is due, and writes what they tell until it is stopped.

Sources are asked side by side, each by a task of its own, so one that is slow, down or wrong holds
up no other. A failure is journalled when it begins and when it ends; between, the source is asked
again after longer and longer waits.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cockpit.incident import rolling
from cockpit.incident.declared import declare, follow, open_incidents, seal_ended
from cockpit.incident.file import IncidentFile
from cockpit.incident.health import source_states
from cockpit.incident.journal import events
from cockpit.incident.state import RECORDING
from cockpit.observe.live.commit import Committer, now
from cockpit.observe.live.source import Asked, Found, SourceFailed
from cockpit.records import HOUR, MINUTE, SECOND, BadInput, Window
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from cockpit.incident.declared import Open
    from cockpit.observe.live.source import Source

_LONGEST_ANSWER = 60.0  # seconds that one question may take
_LONGEST_WAIT = MINUTE  # between two questions to a source that fails
_LOOK_FOR_INCIDENTS = 1.0  # seconds


class Recorder:
    """Records one service into its rolling recording, and into whatever incident is open."""

    def __init__(
        self,
        file: IncidentFile,
        sources: Sequence[Source],
        state_folder: Path,
        *,
        look_back: int,
        keep: int,
        declare_on: Sequence[str] = (),
    ) -> None:
        """`look_back` is how far back a new recording begins, `keep` how long it is kept: µs."""
        self.file = file
        self._sources = sources
        self._state_folder = state_folder
        self._look_back = look_back
        self._keep = keep
        self._declare_on = frozenset(declare_on)
        self._committer = Committer(file)
        # How far each source that counts requests has told of them; None where it has not yet.
        self._told: dict[str, int | None] = {s.name: None for s in sources if s.counts}
        self._failing = {s.name: s.cause for s in source_states(events(file)) if s.failing}

    async def run(self) -> None:
        """Record until cancelled; what was found by then is written."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for source in self._sources:
                    tasks.create_task(self._record(source))
                tasks.create_task(self._roll())
                tasks.create_task(self._follow_incidents())
        finally:
            for source in self._sources:
                await source.close()

    # --- one source --------------------------------------------------------------------------

    async def _record(self, source: Source) -> None:
        """Ask a source for ever; once it first answers, in between for what was before, too."""
        is_new = not self._committer.mark(source.name)
        due, waits = now(), 0
        before: AsyncIterator[Found] | None = None
        while True:
            if before is not None:
                before = await self._earlier(source, before, due)
            await asyncio.sleep((due - now()) / SECOND)
            asked_at = now()
            closing = self._next(source, asked_at, 0) // self._bucket != asked_at // self._bucket
            waits = 0 if await self._ask(source, asked_at, closing=closing) else waits + 1
            if is_new and waits == 0:
                is_new = False
                window = Window(start=asked_at - self._look_back, end=asked_at)
                before = source.earlier(window)
            due = self._next(source, now(), waits)

    async def _ask(self, source: Source, at: int, *, closing: bool) -> bool:
        """Ask once and write the answer; whether there was one."""
        asked = Asked(at, self._committer.mark(source.name), closing)
        try:
            async with asyncio.timeout(_LONGEST_ANSWER):
                found = await source.ask(asked)
        except TimeoutError:
            cause = f"no answer within {_LONGEST_ANSWER:.0f} s"
        except SourceFailed as error:
            cause = inert(error, 200)
        except Exception as error:  # one source never takes the others with it
            cause = f"the cockpit's own fault: {type(error).__name__}"
        else:
            self._write(source, found)
            return True
        self._write(source, Found(mark=asked.mark), cause)
        return False

    async def _earlier(
        self, source: Source, before: AsyncIterator[Found], due: int
    ) -> AsyncIterator[Found] | None:
        """Write what was before, piece by piece until `due` (µs); what is left, None at its end."""
        try:
            while now() < due:
                found = await anext(before, None)
                if found is None:
                    return None
                self._write(source, found, keep_mark=False)
        except SourceFailed as error:
            self._write(source, Found(mark=""), inert(error, 200), keep_mark=False)
            return None
        return before

    def _write(
        self, source: Source, found: Found, cause: str = "", *, keep_mark: bool = True
    ) -> None:
        """Commit what was found and how the source does; an event may open an incident."""
        told = self._told_by_all(source, found) if keep_mark else None
        health = self._changed(source.name, found.failing, cause) if keep_mark or cause else {}
        began = now()
        self._committer.commit(source.name, found, health, told=told, keep_mark=keep_mark)
        recent = now() - self._look_back
        opening = [e for e in found.events if e.kind in self._declare_on and e.at >= recent]
        open_now = open_incidents(self._state_folder, self.file.service)
        if opening and keep_mark and not open_now:
            declare(
                self.file,
                self._state_folder,
                at=now(),
                look_back=self._look_back,
                title=inert(opening[0].text, 100),
                writer=RECORDING,
                cause=f"{opening[0].kind}: {inert(opening[0].text, 100)}",
            )
        self._follow(open_now)
        self._committer.took(now() - began)

    def _told_by_all(self, source: Source, found: Found) -> int | None:
        """Before which time every source has told of all requests, where this one tells more."""
        if not self._told:
            return found.until
        if source.name not in self._told or found.until is None:
            return None
        self._told[source.name] = found.until
        told = [until for until in self._told.values() if until is not None]
        return min(told) if len(told) == len(self._told) else None

    def _changed(self, name: str, parts: dict[str, str], cause: str) -> dict[str, str]:
        """What is new in how a source and its parts do: by name the cause, "" where it is well."""
        present = {name: cause} if cause else {f"{name}/{part}": parts[part] for part in parts}
        before = {
            told: was
            for told, was in self._failing.items()
            if told == name or (told.startswith(f"{name}/") and not cause)
        }
        changed = {told: "" for told in before if told not in present}
        changed |= {told: why for told, why in present.items() if before.get(told) != why}
        for told, why in changed.items():
            if why:
                self._failing[told] = why
            else:
                self._failing.pop(told, None)
        return changed

    def _next(self, source: Source, at: int, waits: int) -> int:
        """When a source is asked after `at`, µs; later where it failed `waits` times in a row."""
        every = source.every
        due = (at - source.after) // every * every + every + source.after
        if waits <= 1:
            return due
        later = at + min(every << min(waits - 1, 10), max(_LONGEST_WAIT, every))
        return max(due, later)

    @property
    def _bucket(self) -> int:
        return self.file.bucket

    # --- the files ---------------------------------------------------------------------------

    async def _follow_incidents(self) -> None:
        """Declared elsewhere, an incident is followed from within a second on."""
        while True:
            await asyncio.sleep(_LOOK_FOR_INCIDENTS)
            self._follow(open_incidents(self._state_folder, self.file.service))

    def _follow(self, incidents: list[Open]) -> None:
        for incident in incidents:
            try:
                with IncidentFile.open_live(incident.path) as file:
                    follow(self.file, file)
            except BadInput:
                continue  # sealed or removed meanwhile

    async def _roll(self) -> None:
        while True:
            rolling.drop_before(self.file, now() - self._keep)
            seal_ended(self._state_folder, self.file.service)
            await asyncio.sleep(HOUR / SECOND)
