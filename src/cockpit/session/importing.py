"""Making an incident file from what people have: the commands' door to `observe`."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.observe.importer import ImportRequest
from cockpit.observe.importer import import_incident as run_import
from cockpit.session.files import leave_first_view

__all__ = ["ImportRequest", "import_incident"]


def import_incident(
    request: ImportRequest, progress: Callable[[str, int, int], None] | None
) -> list[str]:
    """Import and return the lines of the report: rows read, used, and left out by reason."""
    return run_import(request, progress, before_finish=leave_first_view).lines()
