"""Kept screens: what was seen at each choice and change of phase, in the replay's own file.

Each is two documents, `screen/<UTC time>-<kind>.txt` and `.svg`. A file may come from a stranger:
other names are no screens, and a picture is let out only if it can do no more than be looked at.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from cockpit.brief.export import write_text
from cockpit.incident.file import IncidentFile
from cockpit.records import BadInput, Refused
from cockpit.text import inert, inert_lines
from cockpit.units import iso

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_TEXT, LARGEST_PICTURE = 200_000, 4_000_000  # characters; a terminal of 400×100 fits

_KIND = re.compile(r"[a-z]{1,20}(-[a-z0-9]{1,20}){0,3}")
_NAME = re.compile(rf"screen/(\d{{8}}T\d{{6}}Z)-({_KIND.pattern})\.(txt|svg)")
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    _SVG + name
    for name in ("svg", "style", "defs", "clipPath", "rect", "circle", "g", "path", "text")
)
_PLACES = ("cx", "cy", "d", "height", "r", "rx", "textLength", "transform", "viewBox", "width")
_LOOKS = ("class", "fill", "shape-rendering", "stroke", "stroke-width", "text-anchor")
_ATTRIBUTES = frozenset((*_PLACES, *_LOOKS, "x", "y", "id", "clip-path"))
_REACHES_OUT = re.compile(r"//|@|\\|url\((?!#)|image", re.IGNORECASE)


class KeptScreen(NamedTuple):
    """One screen: when it was seen, why it was kept, and its documents by "txt" and "svg"."""

    when: str  # 20261103T025110Z
    kind: str
    documents: dict[str, str]

    @property
    def time(self) -> str:
        """'2026-11-03 02:51:10 UTC'."""
        w = self.when
        return f"{w[:4]}-{w[4:6]}-{w[6:8]} {w[9:11]}:{w[11:13]}:{w[13:15]} UTC"


def keep(file: IncidentFile, kind: str, text: str, svg: str, at: int) -> None:
    """Keep the screen seen at `at`; one of the same second and kind stays, and gets company.

    Raises Refused where it is too large, BadInput where the file cannot be written.
    """
    if len(text) > LARGEST_TEXT or len(svg) > LARGEST_PICTURE:
        raise Refused("the screen is too large to be kept")
    there = {(screen.when, screen.kind) for screen in _in(file)}
    when = re.sub(r"[-:]", "", iso(at - at % 1_000_000))
    kinds = (kind if n == 1 else f"{kind}-{n}" for n in count(1))
    free = next(name for name in kinds if (when, name) not in there)
    file.put_document(f"screen/{when}-{free}.txt", text)
    file.put_document(f"screen/{when}-{free}.svg", svg)


def kept_screens(path: Path) -> list[KeptScreen]:
    """The screens kept in a replay's own file, in order of time. Raises BadInput."""
    with IncidentFile.open(path) as file:
        return _in(file)


def _in(file: IncidentFile) -> list[KeptScreen]:
    found: dict[tuple[str, str], KeptScreen] = {}
    for name in file.documents():
        if match := _NAME.fullmatch(name):
            when, kind, form = match[1], match[2], match[match.lastindex or 0]
            found.setdefault((when, kind), KeptScreen(when, kind, {})).documents[form] = name
    return [found[key] for key in sorted(found)]


def write_screens(path: Path, folder: Path) -> tuple[list[Path], list[str]]:
    """Write every kept screen to files of `folder`; where they are, and what was left out and why.

    Raises BadInput where the file cannot be read or a file cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{inert(folder)}: {error.strerror}; name another folder") from None
    written: list[Path] = []
    left_out: list[str] = []
    with IncidentFile.open(path) as file:
        for screen in _in(file):
            for form, document in screen.documents.items():
                name, text = f"{screen.when}-{screen.kind}.{form}", file.document(document) or ""
                if form == "svg" and not is_picture(text):
                    left_out.append(f"{name}: holds more than a picture of a screen; left out")
                    continue
                shown = text if form == "svg" else inert_lines(text, LARGEST_TEXT) + "\n"
                written.append(write_text(folder / name, shown))
    return written, left_out


def is_picture(svg: str) -> bool:
    """Whether an SVG only draws: no script, no link, nothing fetched, no entity."""
    if len(svg) > LARGEST_PICTURE or re.search(r"<[!?]", svg):
        return False
    try:
        root = ElementTree.fromstring(svg)
    except (ElementTree.ParseError, ValueError):
        return False
    for element in root.iter():
        style = element.text or "" if element.tag == f"{_SVG}style" else ""
        values = [style, *element.attrib.values()]
        if element.tag not in _ELEMENTS or not _ATTRIBUTES.issuperset(element.attrib):
            return False
        if any(_REACHES_OUT.search(value) for value in values):
            return False
    return True
