"""Colour themes: YAML files, packaged ones and the user's own, checked and turned into styles.

A file that cannot be used is reported by file, key and mend, and stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import yaml
from rich.style import Style
from textual.theme import Theme as TextualTheme

from cockpit.records import BadInput
from cockpit.text import inert

COLOURS = (
    "background",
    "raised",
    "cursor",
    "text",
    "strong",
    "dim",
    "title",
    "border",
    "key",
    "chart",
    "accent",
    "good",
    "watch",
    "bad",
    "critical",
    "critical_background",
)
ANSI = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
NAMED = ("default", *ANSI, *(f"bright_{name}" for name in ANSI))
FALLBACK = "dark"
SIXTEEN = "ansi-16"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}")
_BOLD = frozenset({"strong", "accent", "key", "severity", "critical", "title"})
_LARGEST = 100_000  # bytes; a theme is a few hundred


@dataclass(frozen=True)
class Theme:
    """Named colours; each is '#rrggbb' or one of the sixteen names a terminal has."""

    name: str
    dark: bool
    colours: Mapping[str, str] = field(hash=False)

    @property
    def ansi(self) -> bool:
        """Whether the theme leaves the colours to the terminal."""
        return any(colour in NAMED for colour in self.colours.values())

    def style(self, role: str) -> Style:
        """The style of a role of `cockpit.ui.lines`; a word that is no role is shown as text."""
        word, _, row = role.partition(" ")
        here = bool(row)
        colours = self.colours
        if word in ("severity", "critical"):
            return Style(
                color=colours["critical"], bgcolor=colours["critical_background"], bold=True
            )
        if word == "proposed":
            word = "accent"
        colour = colours.get(word, colours["text"])
        if here and self.ansi:
            return Style(
                color=colour, bgcolor=colours["background"], reverse=True, bold=word in _BOLD
            )
        return Style(
            color=colour,
            bgcolor=colours["cursor" if here else "background"],
            bold=word in _BOLD,
            dim=word in ("dim", "border") and self.ansi,
        )

    def for_textual(self) -> TextualTheme:
        """The same colours for the text fields, which Textual draws."""
        css = {name: f"ansi_{c}" if c in NAMED else c for name, c in self.colours.items()}
        return TextualTheme(
            name=f"cockpit-{self.name}",
            primary=css["title"],
            secondary=css["chart"],
            accent=css["accent"],
            warning=css["watch"],
            error=css["bad"],
            success=css["good"],
            foreground=css["text"],
            background=css["background"],
            surface=css["raised"],
            panel=css["raised"],
            dark=self.dark,
            ansi=self.ansi,
            text_alpha=1.0,
            variables={
                "input-cursor-background": css["accent"],
                "input-cursor-foreground": css["background"],
                "input-selection-background": css["cursor"],
                "border": css["border"],
                "ansi-background": css["background"],
                "ansi-foreground": css["text"],
            },
        )


def read(path: Path) -> Theme:
    """The theme of one file. Raises BadInput naming file, key and mend."""
    where = inert(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{where}: is too large for a theme; write only name, dark and colours")
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{where}: cannot be read ({inert(error)})") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise BadInput(f"{where}{line}: is not YAML; copy one of the packaged themes") from None
    if not isinstance(raw, dict):
        raise BadInput(f"{where}: has no keys; write name, dark and colours")
    known = ("name", "dark", "colours")
    for key in raw:
        if key not in known:
            raise BadInput(f"{where}: {inert(key)}: unknown key; {_nearest(str(key), known)}")
    name, dark, colours = raw.get("name", path.stem), raw.get("dark", True), raw.get("colours")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadInput(f"{where}: name: write up to 40 letters, digits, spaces or dashes")
    if not isinstance(dark, bool):
        raise BadInput(f"{where}: dark: write true or false")
    if not isinstance(colours, dict):
        raise BadInput(f"{where}: colours: is missing; write one line for each of {len(COLOURS)}")
    return Theme(name=name, dark=dark, colours=_checked(where, colours))


def _checked(where: str, colours: Mapping[object, object]) -> dict[str, str]:
    for key in colours:
        if key not in COLOURS:
            key_text = inert(key)
            raise BadInput(f"{where}: colours.{key_text}: unknown; {_nearest(key_text, COLOURS)}")
    for key in COLOURS:
        value = colours.get(key)
        if value is None:
            raise BadInput(f'{where}: colours.{key}: is missing; write one like "#d6dce5"')
        if not isinstance(value, str) or not (_HEX.fullmatch(value) or value in NAMED):
            raise BadInput(
                f"{where}: colours.{key}: {inert(value, 40)!r} is not a colour; "
                'write one like "#d6dce5" or bright_red'
            )
    return {key: str(colours[key]) for key in COLOURS}


def _nearest(key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, 1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


@dataclass(frozen=True)
class Themes:
    """All themes that can be used, by name, and one line for each file that cannot."""

    by_name: Mapping[str, Theme]
    problems: tuple[str, ...] = ()

    def get(self, name: str) -> Theme:
        """The theme of that name. Raises BadInput naming the ones there are."""
        if name not in self.by_name:
            raise BadInput(
                f"no theme is named {inert(name, 40)!r}; "
                f"there are {', '.join(sorted(self.by_name))}"
            )
        return self.by_name[name]


def load(*folders: Path) -> Themes:
    """The themes of each folder; a later one replaces an earlier one of the same name."""
    found: dict[str, Theme] = {}
    problems: list[str] = []
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            try:
                theme = read(path)
            except BadInput as error:
                problems.append(str(error))
            else:
                found[theme.name] = theme
    return Themes(found, tuple(problems))


def fitting(environment: Mapping[str, str]) -> str:
    """The theme a terminal can show: 'ansi-16' under NO_COLOR or with few colours, else 'dark'."""
    if environment.get("NO_COLOR"):
        return SIXTEEN
    term = environment.get("TERM", "")
    rich_colour = environment.get("COLORTERM", "") in ("truecolor", "24bit") or "256" in term
    modern = any(word in term for word in ("kitty", "alacritty", "wezterm", "ghostty", "direct"))
    return FALLBACK if rich_colour or modern else SIXTEEN


@lru_cache(maxsize=512)
def style_of(theme: Theme, role: str) -> Style:
    """`theme.style(role)`, remembered: a screen asks for the same few styles all the time."""
    return theme.style(role)


def installed() -> Themes:
    """The packaged themes, and the user's own from the XDG data folder."""
    from platformdirs import user_data_path

    from cockpit.assets import themes_folder

    return load(themes_folder(), user_data_path("cockpit") / "themes")
