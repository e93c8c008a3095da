"""Whether a configuration is right, and whether the sources that it names are there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.incident.declared import INCIDENTS
from cockpit.incident.replay import REPLAYS
from cockpit.incident.rolling import RECORDINGS
from cockpit.records import BadInput
from cockpit.services import load_services
from cockpit.session.settings import config_places, state_folder
from cockpit.text import inert
from cockpit.views import Checked
from cockpit.yamlfile import dump_effective

if TYPE_CHECKING:
    from cockpit.services import ServiceConfig


def check_services(path: Path, name: str = "") -> list[Checked]:
    """What the sources of each service of a configuration answer, or of the one of that name.

    Raises BadInput naming file, line, key and mend before any is asked.
    """
    from cockpit.observe.live.reach import ask_sources

    services = _valid(path, name)

    async def every() -> list[Checked]:
        answers = await asyncio.gather(*(ask_sources(service) for service in services))
        return [
            Checked(service=service.name, sources=told, left=[str(one) for one in service.left])
            for service, told in zip(services, answers, strict=True)
        ]

    return asyncio.run(every())


def effective(path: Path, name: str = "") -> str:
    """The configuration of each service in full, defaults too, as YAML: a document a service.

    Of secrets it says where they are kept. Raises BadInput.
    """
    return "---\n".join(dump_effective(service.config) for service in _valid(path, name))


def paths() -> list[tuple[str, str, bool]]:
    """Where files are looked for and written: what, where, and whether it is there now."""
    folder = state_folder()
    places = [("configuration", place) for place in config_places()]
    places += [
        ("state", folder),
        ("recordings", folder / RECORDINGS),
        ("incidents", folder / INCIDENTS),
        ("replays", folder / REPLAYS),
        ("crash reports", folder / "crash-*.txt"),
    ]
    return [(what, str(place), any(place.parent.glob(place.name))) for what, place in places]


def _valid(path: Path, name: str) -> list[ServiceConfig]:
    """The services, or the one of that name, with all that a configuration rests on. BadInput."""
    services = load_services(path)
    if name and name not in services:
        known = ", ".join(inert(one, 80) for one in services)
        raise BadInput(f"{inert(path.name)}: no service '{inert(name, 80)}'; there are: {known}")
    chosen = [services[name]] if name else list(services.values())
    for service in chosen:
        _check_files(service)
    return chosen


def _check_files(service: ServiceConfig) -> None:
    """Raises BadInput where the map or the severity policy that it names is none."""
    from cockpit.observe.mapping import mapping_in
    from cockpit.session.importing import own_policy

    config, document = service.config, service.document
    if config.sources.predictions is not None:
        mapping_in(config, document)
    own_policy(config.severity, service.folder, document.place("severity"))
