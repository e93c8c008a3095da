"""Text from outside, made inert: nothing in it moves a cursor, changes a colour or hides a word."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200

# Cc controls (ANSI escapes live here), Cf formats (right-to-left marks, joiners, tags), Cs lone
# surrogates, Co private use, Zl/Zp line and paragraph separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def inert(text: object, longest: int = LONGEST) -> str:
    """One line of printable text: unsafe characters become ␛-like pictures or ‹U+202E›.

    Longer text than `longest` is cut. Idempotent: inert(inert(x)) == inert(x). The result is not
    escaped for Rich or markdown: the interface never parses markup, and `markdown` below is for
    exports.
    """
    raw = str(text)
    if len(raw) <= longest and raw.isprintable():  # most text; no unsafe character is printable
        return raw
    shown = "".join(
        _picture(c) if unicodedata.category(c) in _UNSAFE else c for c in raw[: longest + 1]
    )
    if len(raw) <= longest and len(shown) <= longest:
        return shown
    return shown[: longest - 1] + "…"


def inert_lines(text: object, longest: int = 20_000) -> str:
    """Like `inert`, for text of several lines: line feeds stay, every line is inert."""
    lines = str(text)[:longest].replace("\r\n", "\n").split("\n")
    return "\n".join(inert(line, longest) for line in lines)


def markdown(text: object, longest: int = LONGEST) -> str:
    """Inert text with markdown's own characters escaped, for a sentence or cell of an export.

    What a renderer would turn into a link by itself is defanged in the usual way, `http[:]//` and
    `www[.]`, and what would open a list or a rule at the start of a line is escaped there.
    """
    shown = _LINK.sub(r"[\g<0>]", inert(text, longest).strip())
    escaped = "".join("\\" + c if c in _MARKDOWN else c for c in shown)
    return _OPENING.sub(r"\1\\\2", escaped)


_MARKDOWN = frozenset("\\`*_{}[]<>#|~&$")
_LINK = re.compile(r":(?=//)|(?<=\bwww)\.|(?<=\bmailto):|(?<=\bxmpp):|@(?=[\w-]+\.)", re.IGNORECASE)
_OPENING = re.compile(r"^(\d{0,9})([-+=.)])(?=\s|$|\2)")


def _picture(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)  # the Control Pictures block: ESC shows as ␛
    if code == 0x7F:
        return "␡"
    return f"‹U+{code:04X}›"
