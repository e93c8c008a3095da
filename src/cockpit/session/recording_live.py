"""Recording in the foreground: the rolling recording for as long as wanted, or one new file."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.incident.file import IncidentFile
from cockpit.incident.health import source_states
from cockpit.incident.journal import events
from cockpit.incident.rolling import recording_path
from cockpit.observe.importer import require_free
from cockpit.records import BadInput, Unreachable
from cockpit.session.recorder_main import record
from cockpit.session.settings import state_folder
from cockpit.text import inert
from cockpit.units import day

if TYPE_CHECKING:
    from collections.abc import Callable

    from cockpit.services import ServiceConfig

__all__ = ["record", "record_into", "rolling_path"]


def rolling_path(service: ServiceConfig) -> Path:
    """Where the rolling recording of a service lies."""
    return recording_path(state_folder(), service.name)


def record_into(
    service: ServiceConfig,
    until: Callable[[Callable[[], None]], object],
    output: Path,
    *,
    force: bool,
) -> None:
    """Record a service until the function that `until` gets is called, into a finished file.

    Its rolling recording, and who keeps that, are not touched. Raises BadInput, and Unreachable
    where no source told of anything; then there is no file.
    """
    require_free(output, force=force)
    with tempfile.TemporaryDirectory(prefix="cockpit-") as name:
        folder = Path(name)
        record(service, until, folder=folder)
        with IncidentFile.open_live(recording_path(folder, service.name)) as file:
            _require_anything(file)
            file.put_meta("title", f"{service.name}, {day(file.span().end)}")
            beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
            try:
                file.snapshot(beside)
                os.replace(beside, output)
            except OSError as error:
                raise BadInput(f"{inert(output)}: {error.strerror or error}") from None
            finally:
                beside.unlink(missing_ok=True)


def _require_anything(file: IncidentFile) -> None:
    states = source_states(events(file))
    told = file.select(tuple[int], "SELECT count(*) FROM chunk WHERE name NOT LIKE 'reference/%'")
    if told[0][0]:
        return
    failing = [f"{state.name}: {state.cause}" for state in states if state.failing]
    if failing:
        raise Unreachable(f"nothing was recorded: {', '.join(failing)}")
    raise BadInput("nothing was recorded: no source told of anything")
