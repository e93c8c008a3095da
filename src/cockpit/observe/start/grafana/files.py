"""A dashboard from its file: what Grafana exports, shares, or answers when asked for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cockpit.observe.start.grafana.classic import read_classic
from cockpit.observe.start.grafana.dashboard import block
from cockpit.observe.start.grafana.kinds import read_kinds
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from pathlib import Path

    from cockpit.observe.start.grafana.dashboard import Dashboard

_LARGEST = 16 << 20  # bytes


def read_dashboard(path: Path) -> Dashboard:
    """The dashboard in a file. Raises BadInput where it holds none."""
    shown = inert(path)
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(f"{shown}: {error.strerror or error}") from None
    if len(data) > _LARGEST:
        raise BadInput(f"{shown}: over {_LARGEST >> 20} MB; is this a dashboard?")
    try:
        given = block(msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"{shown}: no JSON: {inert(error)}; export the dashboard again") from None
    dashboard = _read(given)
    if dashboard is None:
        raise BadInput(f"{shown}: no dashboard; export one from Grafana as JSON")
    return dashboard


def _read(given: dict[str, Any]) -> Dashboard | None:
    """The dashboard, found inside what an API wraps around one."""
    for wrapped in (given, block(given.get("dashboard")), block(given.get("spec"))):
        if "elements" in wrapped:
            return read_kinds(wrapped)
        if "panels" in wrapped or "rows" in wrapped:
            return read_classic(wrapped)
    return None
