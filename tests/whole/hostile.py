"""Text that means harm, in every word that somebody outside chooses."""

from __future__ import annotations

import unicodedata
from dataclasses import fields
from pathlib import Path
from typing import Any

from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal
from tests.whole.made import Words

PIECES = (
    "\x1b[31mred\x1b[2J",  # colours, clears the screen
    "\x1b]52;c;aGVsbG8=\x07",  # writes to the clipboard
    "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",  # a link of the terminal
    "\x9b31m\x07\x08",  # C1, bell, backspace
    "[bold red]rich[/bold red] [@click=app.quit]",  # markup of Rich and Textual
    "‮drawkcab‬ ⁦isolated⁩",  # right-to-left
    "zero​width‍﻿­",  # what nobody sees
    "[link](javascript:alert(1)) ![image](http://evil.example/x.png) http://evil.example",
    "<script>alert(1)</script> <b>html</b> &lt;",
    "| cell | `code` **bold** # heading",
    "line\nnext\r\nthird\u2028fourth\tfifth",
    "{{ 7 * 7 }} {% raw %} ${HOME} %s {0}",
)
EVERYTHING = " ".join(PIECES)
LONG = "x" * 10_000
IN_MOST_ROWS = (
    "old",
    "new",
    "a_device",
)  # not 10 kB: the log would be huge


def hostile_words() -> Words:
    """Every word hostile and another than each other; most of them 10 kB long."""
    return Words(
        **{
            field.name: f"{field.name} {EVERYTHING}" + ("" if field.name in IN_MOST_ROWS else LONG)
            for field in fields(Words)
            if field.name != "schema"
        }
    )


def unsafe(text: str) -> set[str]:
    """Characters that do something to a terminal, or hide: as 'U+001B'. Line feeds are fine."""
    return {
        f"U+{ord(c):04X}"
        for c in text
        if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    }


def strings(document: Any) -> list[str]:
    """Every string of a JSON document, keys among them."""
    if isinstance(document, str):
        return [document]
    if isinstance(document, dict):
        return [*document, *(s for value in document.values() for s in strings(value))]
    if isinstance(document, list):
        return [s for value in document for s in strings(value)]
    return []


def hostile_steps(file: Path, at: int) -> None:
    """Write into a replay's own file what no session would: every word of every step hostile."""
    with IncidentFile.open_live(file) as own:
        journal = Journal(own, f"writer {EVERYTHING}")

        def step(kind: str, **data: Any) -> str:
            return journal.append(kind, at, EVERYTHING + LONG, data, who=EVERYTHING).id

        step("note")
        step(EVERYTHING)
        step("report", segment=EVERYTHING, version=EVERYTHING)
        step("answer", question="who", answer=EVERYTHING, proposed=LONG, evidence=EVERYTHING)
        step("answer", question=EVERYTHING, answer=LONG)
        step("tick", task="page")
        step("tick", task=EVERYTHING)
        frozen = {"phase": "detection", "known": [EVERYTHING], "next": [LONG], "unknown": [
            {"text": EVERYTHING, "tells": EVERYTHING, "owner": EVERYTHING}]}  # fmt: skip
        step("phase", phase="containment", reason=EVERYTHING, frozen=frozen)
        ask = step("ask", who=EVERYTHING, what=EVERYTHING + LONG, deadline=at, default=EVERYTHING)
        step("ask", who=EVERYTHING, what=EVERYTHING, deadline=None, default=LONG)
        step("ask_answer", ask=ask, answer=EVERYTHING)
        choice = step("choose", option="rollback", label=EVERYTHING, reason=EVERYTHING,
                      companions=[EVERYTHING, LONG], expected=EVERYTHING, expected_by=60_000_000,
                      seen={"id": EVERYTHING, "label": EVERYTHING})  # fmt: skip
        step("execute", choice=choice)
        step("severity", severity=EVERYTHING, reason=EVERYTHING)
        step("safety")
        step("clear_flag", by=EVERYTHING)
        step("export", audience="exec", path=EVERYTHING, figures={EVERYTHING: LONG})
        step("draft", audience=EVERYTHING, draft=EVERYTHING)
