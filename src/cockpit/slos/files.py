"""One file of promises, whichever kind it is of; each of its documents is told by its own words."""

from __future__ import annotations

from pathlib import Path

from cockpit.slos import openslo, sloth
from cockpit.slos.promise import Left, Promise
from cockpit.text import inert
from cockpit.yamlfile import Document, read_all


def read_promises(path: Path) -> list[Promise | Left]:
    """Every promise of a file, and whatever else it holds with the reason it is none.

    Raises BadInput where it cannot be read, or a promise lacks what its kind requires.
    """
    documents = read_all(path)
    found: list[Promise | Left] = []
    for document in documents:
        if sloth.is_one(document):
            found += sloth.promises(document)
        elif openslo.is_one(document):
            found += openslo.promises(document, documents)
        elif not openslo.is_part(document):
            found.append(Left(document.place(), "", f"{_told(document)}, no file of promises"))
    return found


def _told(document: Document) -> str:
    data = document.data if isinstance(document.data, dict) else {}
    if "groups" in data:
        return "rules of Prometheus"
    words = [str(data[key]) for key in ("apiVersion", "kind") if key in data]
    return inert(" ".join(words), 80) or "neither OpenSLO nor Sloth"
