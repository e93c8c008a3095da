"""The services of one `cockpit.yaml`: each is the rest of the file with its own keys put over it.

Maps merge; everything else, lists too, is replaced. What other files promise (`objectives_from`)
becomes objectives here, so that a service's text says all there is to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from glob import glob
from pathlib import Path
from typing import Any, NamedTuple

from cockpit.config import Config, ObjectivesFrom, check
from cockpit.records import BadInput
from cockpit.slos import Left, Promise, adopt, read_promises
from cockpit.text import inert
from cockpit.yamlfile import Document, dump, nearest, read, read_text


class ServiceConfig(NamedTuple):
    """One service: its settings, their text as it is kept in files, and the file they stand in."""

    name: str  # empty where only an import's map says it
    config: Config
    text: str  # of this service alone
    document: Document  # on which line each key stands, for errors
    path: Path
    left: tuple[Left, ...] = ()  # of the files of promises: what is no objective here, and why

    @property
    def folder(self) -> Path:
        """Where relative paths in it begin."""
        return self.path.parent


def load_services(path: Path) -> dict[str, ServiceConfig]:
    """Every service of a file by name, in its order. Raises BadInput naming file and line.

    A file without `services` is one service.
    """
    text = read_text(path)
    document = read(text, inert(path.name))
    names = _names(document)
    if names:
        return {name: _one_of_several(document, name, path) for name in names}
    service = _service(document, path, text)
    if not service.name:
        raise BadInput(f"{document.name}: service: missing; write what people call the service")
    return {service.name: service}


def load_service(path: Path, name: str = "") -> ServiceConfig:
    """The service of that name; without one, that of a file with one service.

    Only there the name may be missing in the file. Raises BadInput naming the line.
    """
    text = read_text(path)
    document = read(text, inert(path.name))
    names = _names(document)
    if not names:
        service = _service(document, path, text)
        if name and name != service.name:
            there = inert(service.name, 80) or "one without a name"
            raise BadInput(f"{document.name}: no service '{inert(name, 80)}'; there is {there}")
        return service
    if name in names:
        return _one_of_several(document, name, path)
    there = f"there are: {', '.join(inert(one, 80) for one in names)}"
    if not name:
        raise BadInput(f"{document.place('services')}: services: several; say which one, {there}")
    raise BadInput(
        f"{document.place('services')}: services: no '{inert(name, 80)}';"
        f" {nearest(name, names) or there}"
    )


def _names(document: Document) -> list[str]:
    services = document.data.get("services") if isinstance(document.data, dict) else None
    if services is None:
        return []
    if not isinstance(services, dict):
        raise BadInput(
            f"{document.place('services')}: services: not a name each; write"
            " services: {card-fraud: {…}, ranking: {…}}"
        )
    for name, own in services.items():
        key = f"services.{inert(name, 80)}"
        if not name.strip() or inert(name) != name:
            raise BadInput(
                f"{document.place('services', name)}: {key}: no name that can be shown;"
                " write it in letters and digits"
            )
        if not isinstance(own, dict):
            raise BadInput(
                f"{document.place('services', name)}: {key}: not a block;"
                " write its own keys, or {}"
            )
        for taken in ("service", "services"):
            if taken in own:
                raise BadInput(
                    f"{document.place('services', name, taken)}: {key}.{taken}:"
                    " not in here; its name is the key of the block"
                )
    return list(services)


def _one_of_several(document: Document, name: str, path: Path) -> ServiceConfig:
    rest = {key: value for key, value in document.data.items() if key != "services"}
    lines = {key: line for key, line in document.lines.items() if key[:1] != ("services",)}
    inside = ("services", name)
    for key, line in document.lines.items():
        if key[:2] == inside and len(key) > 2:
            lines[key[2:]] = line
    merged = {**_over(rest, document.data["services"][name]), "service": name}
    lines[("service",)] = document.lines[inside]
    return _service(Document(document.name, merged, lines), path, dump(merged))


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two maps in one: where both have a map it is merged, else what is above counts."""
    merged = dict(below)
    for name, value in above.items():
        under = below.get(name)
        if isinstance(value, dict) and isinstance(under, dict):
            value = _over(under, value)
        merged[name] = value
    return merged


def _service(document: Document, path: Path, text: str) -> ServiceConfig:
    config = document.convert(Config, check)
    left: tuple[Left, ...] = ()
    if config.objectives_from:
        document, left = _with_promises(document, config, path.parent)
        config = document.convert(Config, check)
        text = dump(document.data)
    logged = config.sources.predictions
    name = config.service or (logged.service if logged else "")
    return ServiceConfig(inert(name), config, text, document, path, left)


def _with_promises(
    document: Document, config: Config, folder: Path
) -> tuple[Document, tuple[Left, ...]]:
    data = {key: value for key, value in document.data.items() if key != "objectives_from"}
    left: list[Left] = []
    for i, wanted in enumerate(config.objectives_from):
        found = _promises(document.place("objectives_from", i), i, wanted, folder)
        added = adopt(found, data, wanted.server)
        if added.objectives:
            data["objectives"] = [*data.get("objectives", ()), *added.objectives]
        if added.counters:
            data["counters"] = {**data.get("counters", {}), **added.counters}
        if added.panels:
            data["panels"] = {**data.get("panels", {}), **added.panels}
        left += added.left
    return Document(document.name, data, document.lines), tuple(left)


def _promises(place: str, i: int, wanted: ObjectivesFrom, folder: Path) -> list[Promise | Left]:
    names = sorted(glob(wanted.file, root_dir=folder))
    if not names:
        raise BadInput(
            f"{place}: objectives_from[{i}].file: no file is '{inert(wanted.file)}' here;"
            " write one beside this file, or a pattern such as slos/*.yaml"
        )
    found = [one for name in names for one in read_promises(folder / name)]
    return [one for one in found if not wanted.service or one.service in ("", wanted.service)]
