"""Making an incident file from what people have: the commands' door to `observe`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cockpit.config import DEFAULT_SEVERITY
from cockpit.decide.severity.policy import read_policy
from cockpit.observe.importer import ImportRequest
from cockpit.observe.importer import import_incident as run_import
from cockpit.records import BadInput
from cockpit.services import load_service
from cockpit.session.files import leave_first_view
from cockpit.text import inert
from cockpit.yamlfile import read_text

__all__ = ["ImportRequest", "import_incident"]


def import_incident(
    request: ImportRequest, progress: Callable[[str, int, int], None] | None
) -> list[str]:
    """Import and return the lines of the report: rows read, used, and left out by reason."""
    own = ""
    if request.config is not None:
        service = load_service(request.config, request.service)
        place = service.document.place("severity")
        own = own_policy(service.config.severity, service.folder, place)
    request = replace(request, severity_policy=own)
    return run_import(request, progress, before_finish=leave_first_view).lines()


def own_policy(named: str, folder: Path, place: str) -> str:
    """Text of the severity policy that a configuration names, checked; "" for the default.

    Raises BadInput, naming the place in the policy or in the configuration.
    """
    if named == DEFAULT_SEVERITY:
        return ""
    path = folder / named
    if not path.is_file():
        raise BadInput(
            f"{place}: severity: there is no file '{inert(named)}' beside it;"
            f" write {DEFAULT_SEVERITY}, or the name of one"
        )
    read_policy(path)
    return read_text(path)
