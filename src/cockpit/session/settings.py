"""What a session knows before any number is computed: settings, identity, stored view."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cockpit.config import DEFAULT_SEVERITY, Config, check
from cockpit.incident.file import STORED_VIEW
from cockpit.incident.journal import events
from cockpit.incident.schema import IDENTITY, ROLLING, SEVERITY_POLICY
from cockpit.incident.state import RECORDING
from cockpit.records import BadInput
from cockpit.text import LONGEST, inert
from cockpit.views import RecordingInfo, Stakeholder, View
from cockpit.yamlfile import load

if TYPE_CHECKING:
    from cockpit.decide.severity.policy import Policy
    from cockpit.incident.file import IncidentFile
    from cockpit.incident.replay import Replay
    from cockpit.records import Event

LONGEST_VIEW = 4_000_000  # characters
_LONGEST_SENTENCE = 1_000


def state_folder() -> Path:
    """Where replays keep their own files, and what is copied or crashes is written."""
    from platformdirs import user_state_path

    named = os.environ.get("COCKPIT_STATE")
    return Path(named) if named else user_state_path("cockpit")


def config_places() -> tuple[Path, Path]:
    """Where a configuration is looked for: in this folder, then among the person's own."""
    from platformdirs import user_config_path

    return Path("cockpit.yaml"), user_config_path("cockpit") / "cockpit.yaml"


def default_config() -> Path:
    """The cockpit.yaml of this folder, else the person's own. Raises BadInput where is none."""
    places = config_places()
    found = next((path for path in places if path.is_file()), None)
    if found is None:
        looked = " or ".join(inert(path) for path in places)
        raise BadInput(
            f"no configuration: there is no {looked}; `cockpit init` writes one,"
            " and `cockpit demo` shows an incident without"
        )
    return found


def config_of(file: IncidentFile) -> Config:
    """The configuration as it was when the incident was recorded; defaults where there is none.

    Its words go into sentences, tables and briefs, so they are made inert here, once for all.
    """
    text = file.document("config")
    if not text:
        return Config()
    config = load(text, Config, where=f"{file.path.name} (config)", check=check)
    return msgspec.convert(_inert(msgspec.to_builtins(config), LONGEST), Config)


def policy_of(file: IncidentFile, config: Config) -> Policy:
    """The severity policy as it was when the incident was recorded, else the one of cockpit.

    Made inert for the same reason as the configuration. Raises BadInput.
    """
    from cockpit.decide.severity.policy import Policy, default_policy, read_policy

    if config.severity == DEFAULT_SEVERITY:
        return default_policy()
    text = file.document(SEVERITY_POLICY)
    if not text:
        raise BadInput(
            f"{inert(file.path.name)}: severity: '{config.severity}' is not kept in this file;"
            " import it again"
        )
    policy = read_policy(text, f"{file.path.name} (severity policy)")
    return msgspec.convert(_inert(msgspec.to_builtins(policy), LONGEST), Policy)


def info_of(incident: Replay, config: Config) -> RecordingInfo:
    """Identity of a recording, made inert."""
    file = incident.recording
    span = file.span()
    return RecordingInfo(
        service=inert(config.service or file.service or "service", 60),
        content_id=file.meta(IDENTITY) or file.meta(ROLLING) or file.content_id,
        path=str(file.path),
        span=span,
        bucket=file.bucket,
        timezone=config.timezone,
        opens_at=min(max(_opens_at(file, span.end), span.start), span.end),
        stakeholders=[
            Stakeholder(
                who=inert(name, 60),
                what=inert(asked.ask),
                owner=inert(asked.owner, 60),
                default=inert(asked.default),
            )
            for name, asked in config.stakeholders.items()
        ],
    )


def _opens_at(file: IncidentFile, default: int) -> int:
    """Shortly before the page, as the recording says; its end where it says nothing."""
    try:
        return int(file.meta("opens_at"))
    except ValueError:
        return default


def own_events(own: IncidentFile | None) -> list[Event]:
    """What people did in a replay, from its own file."""
    return [] if own is None else [e for e in events(own) if e.writer != RECORDING]


def stored_view(file: IncidentFile) -> View | None:
    """The view kept in a file, every string made inert; None where there is none to be used."""
    text = file.document(STORED_VIEW)
    if not text or len(text) > LONGEST_VIEW:
        return None
    try:
        return msgspec.convert(_inert(msgspec.json.decode(text), _LONGEST_SENTENCE), View)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        return None


def store_view(file: IncidentFile, view: View) -> None:
    """Keep a view in a file that can be written; it replaces the one before."""
    file.put_document(STORED_VIEW, msgspec.json.encode(of_overview(view)).decode())


def of_overview(view: View) -> View:
    """The view less what only a pane in full shows, most of its bytes: that is read later."""
    model = msgspec.structs.replace(
        view.model,
        by_version=[],
        segments=[],
        against=[],
        estimated=[],
        gaps=[],
        reliability=[],
        monitors=[],
    )
    infra = msgspec.structs.replace(
        view.infra,
        by_version=[],
        against=[],
        burns=[burn for burn in view.infra.burns if burn.sure],
        monitors=[],
    )
    return msgspec.structs.replace(view, model=model, infra=infra)


def _inert(value: Any, longest: int) -> Any:
    if isinstance(value, str):
        return inert(value, longest)
    if isinstance(value, list | tuple):
        return [_inert(item, longest) for item in value]
    if isinstance(value, dict):
        return {inert(key): _inert(item, longest) for key, item in value.items()}
    return value
