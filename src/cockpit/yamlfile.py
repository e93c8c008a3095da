"""YAML as typed settings, where every error names the file, the line, the key and the mend.

YAML's surprises are off: `NO` stays a word, `2018-01-01` stays text, `1:30` is not a number, a key
given twice is an error, and aliases cannot grow a small file into a large one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import yaml

from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

_LARGEST_FILE = 1_000_000
_MOST_NODES = 50_000
_DEEPEST = 30


def _finite(text: str) -> float | str:
    """The number; what is too large for one stays text, which no number's place takes."""
    value = float(text)
    return value if math.isfinite(value) else text


_PLAIN: dict[re.Pattern[str], Callable[[str], Any]] = {
    re.compile(r"~|null|Null|NULL|"): lambda _: None,
    re.compile(r"true|True|TRUE"): lambda _: True,
    re.compile(r"false|False|FALSE"): lambda _: False,
    re.compile(r"[-+]?(0|[1-9][0-9]{0,17})"): int,
    re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"): _finite,
}
_UNKNOWN_KEY = re.compile(r"Object contains unknown field `(.*?)`(?: - at `(.*)`)?", re.DOTALL)
_WRONG_VALUE = re.compile(r"(.*?)(?: - at `(?:key in )?(.*)`)?", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_HALF = re.compile("[\ud800-\udfff]")  # a surrogate by itself, which no file can hold
_SOME_ENTRY = "..."  # how msgspec names an entry of a dictionary, whichever it was

Key = tuple[str | int, ...]


@dataclass
class Document:
    """Parsed YAML that still knows on which line each key stood."""

    name: str
    data: Any
    lines: dict[Key, int] = field(default_factory=dict)

    def place(self, *key: str | int) -> str:
        """'map.yaml:3' for a key such as ("segments", 0), or its nearest parent that has a line."""
        for end in range(len(key), -1, -1):
            if key[:end] in self.lines:
                return f"{self.name}:{self.lines[key[:end]]}"
        return self.name

    def convert(self, kind: type[T], check: Callable[[T], None] | None = None) -> T:
        """The data as `kind`. Raises BadInput; `check` may raise one that begins with "key: "."""
        try:
            settings = msgspec.convert(self.data, kind)
        except msgspec.ValidationError as error:
            raise BadInput(self._explain(str(error), kind)) from None
        if check is not None:
            try:
                check(settings)
            except BadInput as error:
                key = self._key("." + str(error).partition(": ")[0])
                raise BadInput(f"{self.place(*key)}: {error}") from None
        return settings

    def _explain(self, message: str, kind: type) -> str:
        unknown = _UNKNOWN_KEY.fullmatch(message)
        if unknown:
            key = self._key((unknown[2] or "$").lstrip("$") + "." + unknown[1])
            known = _known_keys(kind, key[:-1])
            mend = nearest(unknown[1], known) or "known are: " + ", ".join(known)
            return f"{self.place(*key)}: {inert(_dotted(key))}: unknown key; {mend}"
        wrong = _WRONG_VALUE.fullmatch(message)
        what, path = (wrong[1], wrong[2] or "$") if wrong else (message, "$")
        key = self._key(path.lstrip("$"))
        mend = "; write it in quotes" if re.search(r"`str`.*got `(int|float|bool)`", what) else ""
        return f"{self.place(*key)}: {inert(_dotted(key)) or 'the file'}: {inert(what)}{mend}"

    def _key(self, path: str) -> Key:
        """'.objectives[0].name' → ("objectives", 0, "name"); "[...]" becomes the entry it fits."""
        steps = _STEP.findall(path)
        key: Key = tuple(name or (_SOME_ENTRY if i == _SOME_ENTRY else int(i)) for name, i in steps)
        if _SOME_ENTRY not in key:
            return key
        return next((known for known in self.lines if _fits(known, key)), key)


def load(
    source: Path | str, kind: type[T], where: str = "", check: Callable[[T], None] | None = None
) -> T:
    """Settings of type `kind` from a file, or from text that errors call `where`."""
    return read(source, where).convert(kind, check)


def read(source: Path | str, where: str = "") -> Document:
    """Parse a file, or text that errors call `where`. Raises BadInput."""
    return _parse(source, where, lambda text: [yaml.compose(text, Loader=yaml.SafeLoader)])[0]


def read_all(source: Path | str, where: str = "") -> list[Document]:
    """Parse a file that may hold several documents, each after a line of ---. Raises BadInput."""
    return _parse(source, where, lambda text: yaml.compose_all(text, Loader=yaml.SafeLoader))


def _parse(
    source: Path | str, where: str, compose: Callable[[str], Iterable[yaml.Node | None]]
) -> list[Document]:
    if isinstance(source, Path):
        where, source = where or inert(source.name), read_text(source)
    if len(source) > _LARGEST_FILE:
        raise BadInput(
            f"{where}: larger than {_LARGEST_FILE:,} characters; is this the right file?"
        )
    try:
        return [_document(where, root) for root in compose(source)]
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadInput(f"{where}{line}: not YAML: {inert(error.problem or error)}") from None
    except yaml.YAMLError as error:
        raise BadInput(f"{where}: not YAML: {inert(error)}") from None
    except RecursionError:
        raise BadInput(f"{where}: nested too deeply") from None


def _document(where: str, root: yaml.Node | None) -> Document:
    document = Document(where, {})
    if root is not None:
        document.data = _Plain(document).build(root, (), 0)
    return document


def read_text(path: Path) -> str:
    """The text of a small UTF-8 file. Raises BadInput."""
    try:
        if path.stat().st_size > 4 * _LARGEST_FILE:
            raise BadInput(f"{inert(path)}: too large for a settings file; is this the right file?")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{inert(path)}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{inert(path)}: not text in UTF-8; save it as UTF-8") from None


def dump_effective(settings: msgspec.Struct) -> str:
    """The settings as YAML with every default written out."""
    return dump(msgspec.to_builtins(settings))


def dump(data: Any) -> str:
    """Plain data as YAML that `read` reads back as itself."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Quotes whatever text `read` would take for something else, as 1e5."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    plain = any(pattern.fullmatch(text) for pattern in _PLAIN)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, "'" if plain else None)


_Dumper.add_representer(str, _text)


def nearest(word: str, known: Iterable[str]) -> str:
    """ "did you mean 'x'?" for the known word most like `word`; empty where none is."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean '{inert(close[0])}'?" if close else ""


class _Plain:
    """Builds plain data from YAML nodes, counting them and noting the line of each key."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0

    def build(self, node: yaml.Node, key: Key, depth: int) -> Any:
        self.nodes += 1
        line = node.start_mark.line + 1
        self.document.lines.setdefault(key, line)
        if self.nodes > _MOST_NODES or depth > _DEEPEST:
            raise BadInput(f"{self.document.name}:{line}: nested or repeated too much")
        if isinstance(node, yaml.ScalarNode):
            if _HALF.search(node.value):
                raise BadInput(
                    f"{self.document.name}:{line}: {inert(node.value)}: half a character;"
                    " write the whole one"
                )
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(n, (*key, i), depth + 1) for i, n in enumerate(node.value)]
        return self._mapping(node, key, depth)

    def _mapping(self, node: yaml.Node, key: Key, depth: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name_node, value in node.value:
            line = name_node.start_mark.line + 1
            if not isinstance(name_node, yaml.ScalarNode):
                raise BadInput(f"{self.document.name}:{line}: a key must be one word")
            name = name_node.value
            if name in out:
                raise BadInput(
                    f"{self.document.name}:{line}: {inert(name)}: given twice; keep one of them"
                )
            self.document.lines[(*key, name)] = line
            out[name] = self.build(value, (*key, name), depth + 1)
        return out


def _scalar(node: yaml.ScalarNode) -> Any:
    if node.style is None:
        for pattern, read_as in _PLAIN.items():
            if pattern.fullmatch(node.value):
                return read_as(node.value)
    return node.value


def _fits(known: Key, key: Key) -> bool:
    return len(known) == len(key) and all(
        wanted in (_SOME_ENTRY, step) for step, wanted in zip(known, key, strict=True)
    )


def _dotted(key: Key) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in key)
    return text.lstrip(".")


def _known_keys(kind: type, key: Key) -> list[str]:
    """The keys that may stand in the block at `key` of a `kind`."""
    blocks = _options(msgspec.inspect.type_info(kind))
    for step in key:
        blocks = [
            inner
            for block in blocks
            for child in _children(block, step)
            for inner in _options(child)
        ]
    return [
        f.encode_name for b in blocks if isinstance(b, msgspec.inspect.StructType) for f in b.fields
    ]


def _options(info: msgspec.inspect.Type) -> list[msgspec.inspect.Type]:
    return list(info.types) if isinstance(info, msgspec.inspect.UnionType) else [info]


def _children(info: msgspec.inspect.Type, step: str | int) -> list[msgspec.inspect.Type]:
    if isinstance(info, msgspec.inspect.StructType):
        return [f.type for f in info.fields if f.encode_name == step]
    if isinstance(info, msgspec.inspect.DictType):
        return [info.value_type]
    if isinstance(info, msgspec.inspect.ListType) and isinstance(step, int):
        return [info.item_type]
    return []
