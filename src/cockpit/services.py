"""The services of a `cockpit.yaml`: each with its own configuration, as if it stood alone."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cockpit.config import Config, check
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import Document, read, read_text


class ServiceConfig(NamedTuple):
    """One service: its settings, their text as it is kept in files, and the file they stand in."""

    name: str
    config: Config
    text: str
    document: Document
    path: Path

    @property
    def folder(self) -> Path:
        """Where relative paths in it begin."""
        return self.path.parent


def load_services(path: Path) -> dict[str, ServiceConfig]:
    """Every service of a file by name, in its order. Raises BadInput naming file and line."""
    document = read(path)
    config = document.convert(Config, check)
    if not config.service:
        raise BadInput(f"{document.name}: service: missing; write what people call the service")
    name = inert(config.service)
    return {name: ServiceConfig(name, config, read_text(path), document, path)}
