"""Keys of one's own: `keys.yaml` in the XDG config folder, one `id: key` a line.

A file that cannot be used is reported by file, line, id and mend, and stops nothing: then every
key is as it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.keys import Keys, _character_to_key

from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.ui.keys import KEYS, Key, Where, of

if TYPE_CHECKING:
    from cockpit.yamlfile import Document

# Those of sheets stay as they are: there any other letter is text.
OWN: tuple[Key, ...] = (*of("incident"), *of("briefing"))

_MODIFIERS = frozenset({"ctrl", "alt", "shift"})
_NAMED = frozenset(
    {name for key in KEYS for name in key.keys.split(",")}
    | {key.value for key in Keys if key.value.isidentifier()}
    | {_character_to_key(chr(code)) for code in range(0x21, 0x7F)}
)


@dataclass(frozen=True)
class Keymap:
    """The keys a person changed: id → what they wrote; and one line where a file is no good."""

    changed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def of(self, where: Where) -> list[Key]:
        """The keys of one place as they are bound now."""
        return [self._as_bound(key) for key in of(where)]

    def _as_bound(self, key: Key) -> Key:
        keys = self.changed.get(key.id)
        return key if keys is None else replace(key, keys=_bound(keys), label=keys)

    def for_textual(self) -> dict[str, str]:
        """What `App.set_keymap` takes."""
        return {name: _bound(keys) for name, keys in self.changed.items()}


def installed() -> Keymap:
    """The person's own keys, from the XDG config folder."""
    from platformdirs import user_config_path

    path = user_config_path("cockpit") / "keys.yaml"
    if not path.is_file():
        return Keymap()
    try:
        return Keymap(load(path))
    except BadInput as error:
        return Keymap(problems=(f"{error}; keys are as they come",))


def load(path: Path) -> dict[str, str]:
    """The ids and keys of a file. Raises BadInput naming file, line, id and mend."""
    from cockpit.yamlfile import read

    document = read(path)
    changed = document.convert(dict[str, str])
    for name, keys in changed.items():
        _check(document, name, keys)
    _check_clashes(document, changed)
    return changed


def _check(document: Document, name: str, keys: str) -> None:
    from cockpit.yamlfile import nearest

    ids = [key.id for key in OWN]
    where = f"{document.place(name)}: {inert(name, 40)}"
    if name not in ids:
        mend = nearest(name, ids) or f"known are: {', '.join(ids)}"
        raise BadInput(f"{where}: unknown id; {mend}")
    for key in _bound(keys).split(","):
        *modifiers, last = key.split("+") if len(key) > 1 else [key]
        if not _MODIFIERS.issuperset(modifiers) or not (_is_character(last) or last in _NAMED):
            raise BadInput(
                f"{where}: {inert(key, 40)!r} is no key; "
                "write one character, or a name such as f5, ctrl+n or pagedown"
            )


def _check_clashes(document: Document, changed: Mapping[str, str]) -> None:
    """Raises BadInput where a changed key would take the key of another in its place."""
    keymap = Keymap(changed)
    for where in dict.fromkeys(key.where for key in OWN):
        owner: dict[str, str] = {}
        # Those that were not changed first, so that what is reported is a line of the file.
        for key in sorted(keymap.of(where), key=lambda key: key.id in changed):
            for one in key.keys.split(","):
                if one in owner:
                    raise BadInput(
                        f"{document.place(key.id)}: {key.id}: {inert(changed[key.id], 40)} is the "
                        f"key of {owner[one]}; give {owner[one]} another, or choose another here"
                    )
                owner[one] = key.id


def _is_character(text: str) -> bool:
    return len(text) == 1 and text.isprintable() and not text.isspace()


def _bound(keys: str) -> str:
    """As textual names them: "ctrl+n", "question_mark", several with commas between."""
    parts = [keys] if len(keys) == 1 else [part.strip() for part in keys.split(",")]
    return ",".join(_character_to_key(part) if len(part) == 1 else part for part in parts)
