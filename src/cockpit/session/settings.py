"""What a session knows before any number is computed: configuration, identity, folders, stored view."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cockpit.config import Config, check
from cockpit.records import MINUTE, Window
from cockpit.text import inert
from cockpit.views import RecordingInfo, View
from cockpit.yamlfile import load

if TYPE_CHECKING:
    from cockpit.incident.file import IncidentFile

STORED_VIEW_LIMIT = 4_000_000
FIRST_LOOK = 90_000_000  # µs before the page: where a replay opens


def state_folder() -> Path:
    """Where replays keep their own files."""
    from platformdirs import user_state_path

    named = os.environ.get("COCKPIT_STATE")
    return Path(named) if named else user_state_path("cockpit")


def config_of(file: IncidentFile) -> Config:
    """The configuration as it was when the incident was recorded; defaults where there is none."""
    text = file.document("config")
    if not text:
        return Config()
    config = load(text, Config, where=f"{file.path} (config)")
    check(config)
    return config


def info_of(file: IncidentFile, config: Config, span: Window, opens_at: int) -> RecordingInfo:
    """Identity of a recording, made inert."""
    return RecordingInfo(
        service=inert(config.service or file.meta("service") or "service", 60),
        content_id=file.content_id,
        path=str(file.path),
        span=span,
        bucket=int(file.meta("bucket") or MINUTE),
        timezone=config.timezone,
        opens_at=min(max(opens_at, span.start), span.end),
    )


def stored_view(text: str) -> View | None:
    """A view kept in a file, every string made inert; None where it cannot be read."""
    if len(text) > STORED_VIEW_LIMIT:
        return None
    try:
        return msgspec.convert(_inert(msgspec.json.decode(text)), View)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        return None


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value, 1_000)
    if isinstance(value, list):
        return [_inert(item) for item in value]
    if isinstance(value, dict):
        return {inert(key): _inert(item) for key, item in value.items()}
    return value
