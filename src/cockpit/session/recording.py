"""The rolling recording of a service, as the cockpit finds or begins it; loads nothing heavy."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cockpit.config import DEFAULT_SEVERITY, Predictions
from cockpit.incident.declared import open_incidents
from cockpit.incident.file import IncidentFile
from cockpit.incident.rolling import open_recording, recording_path, will_begin_anew
from cockpit.incident.schema import SEVERITY_POLICY
from cockpit.records import MINUTE, BadInput
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from cockpit.services import ServiceConfig


CONFIG_PATH = "config_path"  # meta of a rolling recording: where its configuration was last


def recording_of(service: ServiceConfig, state_folder: Path) -> IncidentFile:
    """The live rolling recording of a service, with the configuration as it is now.

    Raises BadInput where the way rows are counted changed while an incident is open.
    """
    path, rests_on = recording_path(state_folder, service.name), _rests_on(service)
    if will_begin_anew(path, rests_on) and open_incidents(state_folder, service.name):
        raise BadInput(
            f"{service.document.place('sources', 'predictions')}: sources.predictions changed"
            " while an incident is open; put it back, or end the incident with `cockpit resolve`"
        )
    predictions = service.config.sources.predictions or Predictions()
    bucket = parse_duration(predictions.bucket) if predictions.bucket else MINUTE
    file = open_recording(path, service.name, bucket, rests_on)
    file.put_meta(CONFIG_PATH, str(service.path.absolute()))
    documents = {"config": service.text, "units": msgspec.json.encode(_units(service)).decode()}
    if service.config.severity != DEFAULT_SEVERITY:
        from cockpit.session.importing import own_policy

        documents[SEVERITY_POLICY] = own_policy(
            service.config.severity, service.folder, service.document.place("severity")
        )
    for name, text in documents.items():
        if file.document(name) != text:
            file.put_document(name, text)
    return file


def configuration_of(service: str, state_folder: Path) -> Path | None:
    """The configuration with which a service was last recorded; None where that is gone."""
    path = recording_path(state_folder, service)
    if not path.exists():
        return None
    with IncidentFile.open(path) as file:
        found = Path(file.meta(CONFIG_PATH))
    return found if found.is_file() else None


def _units(service: ServiceConfig) -> dict[str, str]:
    """The units of the series that servers of metrics tell, by their names."""
    latency = service.config.counters.latency
    buckets = {"latency_bucket": latency.unit} if latency else {}
    return buckets | {name: panel.unit for name, panel in service.config.panels.items()}


def _rests_on(service: ServiceConfig) -> str:
    """A hash of what decides how predictions are counted: the map, and the reference's file."""
    predictions = service.config.sources.predictions or Predictions()
    told = [msgspec.json.encode(predictions, order="deterministic")]
    if predictions.reference:
        try:
            found = (service.folder / predictions.reference).stat()
            told.append(f"{found.st_size} {found.st_mtime_ns}".encode())
        except OSError:
            pass  # the recorder says what is wrong with it
    return hashlib.sha256(b"\0".join(told)).hexdigest()
