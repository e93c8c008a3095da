"""The recorder's own process: it records until its stdin ends, or until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NoReturn

from cockpit.incident.rolling import recording_path, sole_recorder
from cockpit.records import BadInput
from cockpit.services import load_services
from cockpit.session.crash import write_crash
from cockpit.session.recording import recording_of
from cockpit.session.settings import state_folder
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from cockpit.services import ServiceConfig

_NICER = 5  # the interface goes first where there are few cores
_ASK_AGAIN = 2.0  # seconds between two tries to be the one that records


def main(config: str, service: str) -> NoReturn:
    """Record a service for as long as stdin is open."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICER)
    try:
        found = load_services(Path(config))[service]
        record(found, lambda stop: Thread(target=_wait_for_end, args=(stop,), daemon=True).start())
    except BadInput:
        sys.exit(2)  # whoever opened the same configuration was told why
    except Exception as error:
        write_crash(error)
        sys.exit(1)
    sys.exit(0)


def _wait_for_end(stop: Callable[[], None]) -> None:
    sys.stdin.buffer.read()
    stop()


def record(
    service: ServiceConfig,
    until: Callable[[Callable[[], None]], object],
    *,
    waiting: Callable[[], None] = lambda: None,
) -> None:
    """Record a service; `until` gets a function that, called from any thread, ends it.

    Another process may record it already: `waiting` is called, and when that one ends, we go on.
    Raises BadInput.
    """
    folder = state_folder()
    path = recording_path(folder, service.name)
    told = False
    while True:
        with sole_recorder(path) as ours:
            if ours:
                asyncio.run(_record(service, folder, until))
                return
        if not told:
            told = True
            waiting()
        time.sleep(_ASK_AGAIN)


async def _record(
    service: ServiceConfig, folder: Path, until: Callable[[Callable[[], None]], object]
) -> None:
    from cockpit.observe.live.begin import begin
    from cockpit.observe.live.recorder import Recorder

    incident = service.config.incident
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        loop.call_soon_threadsafe(stopped.set)

    until(stop)
    with recording_of(service, folder) as file:
        sources = begin(service, file, folder)
        recorder = Recorder(
            file,
            sources,
            folder,
            look_back=parse_duration(incident.look_back),
            keep=parse_duration(incident.keep),
            declare_on=incident.declare_on,
        )
        running = asyncio.create_task(recorder.run())
        stopping = asyncio.create_task(stopped.wait())
        done, _ = await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        running.cancel()
        stopping.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)
        if running in done:
            running.result()  # raises what ended it
