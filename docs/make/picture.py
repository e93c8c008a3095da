"""The picture of the README: the cockpit itself, drawn on a sample incident, as an SVG.

It must look alike wherever it is shown, so it names no font that would be fetched, and braille,
which few monospaced fonts hold, is drawn as dots.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

from cockpit.assets import sample_incident
from cockpit.records import SECOND
from cockpit.session import Session
from cockpit.ui.app import CockpitApp
from cockpit.units import parse_instant

PICTURE = Path(__file__).resolve().parents[1] / "cockpit.svg"
SAMPLE, AT, SIZE = "card-fraud-rollout", "04:21:30", (120, 40)
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

_CELL, _LINE = 12.2, 24.4  # of the export, in its own units
_BRAILLE = range(0x2800, 0x2900)
# Column and row of each of the eight dots, by the bit that sets it.
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
_TEXT = re.compile(r'<text class="([^"]+)" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


async def screenshot() -> str:
    """The sample some minutes after the page, worked a little, as Textual exports it."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "picture.incident"
        with Session.replay(
            sample_incident(SAMPLE), journal=journal, resume=False, who="ada@bastion"
        ) as session:
            at = parse_instant(AT, near=session.recording.span.end)
            _work(session, at)
            app = CockpitApp(session, at=at, paused=True, theme="dark")
            async with app.run_test(size=SIZE) as pilot:
                while not app.live:
                    await pilot.pause(0.05)
                await pilot.pause(0.2)
                return app.export_screenshot(title="cockpit")


def _work(session: Session, at: int) -> None:
    """Accept the proposed answers to the first questions, and go on to containment."""
    when = at - 90 * SECOND
    for question in session.view(when).checklist.questions:
        if question.id in ("detected", "who", "severity"):
            session.answer(question.id, question.proposal.answer, when)
    session.enter_phase("scope", when)
    session.view(at - 30 * SECOND)
    session.enter_phase("containment", at - 30 * SECOND)


def self_contained(svg: str) -> str:
    """The same picture without anything that would be fetched, and with braille as dots."""
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)
    svg = svg.replace("Fira Code, monospace", FONTS).replace(
        "font-family: arial", "font-family: sans-serif"
    )
    svg = re.sub(r"terminal-\d+-", "t-", svg)
    return _TEXT.sub(_dotted, svg)


def _dotted(text: re.Match[str]) -> str:
    """One run of text; where it holds braille, spaces there and a path of dots beside it."""
    kind, x, y, words = text[1], float(text[2]), float(text[3]), text[4]
    cells = re.sub(r"&#?\w+;", "·", words)  # an entity is one cell
    marks = [(i, ord(c)) for i, c in enumerate(cells) if ord(c) in _BRAILLE]
    if not marks:
        return text[0]
    path = ""
    for column, code in marks:
        for bit, (across, down) in enumerate(_DOTS):
            if (code - _BRAILLE.start) >> bit & 1:
                left = x + _CELL * (column + 0.14 + across / 2)
                top = y - 20 + _LINE * (0.09 + down / 4)
                path += f"M{left:.1f} {top:.1f}h3.6v3.6h-3.6z"
    plain = "".join("&#160;" if ord(c) in _BRAILLE else c for c in words)
    return text[0].replace(words, plain) + f'<path class="{kind}" d="{path}"/>'


def main() -> None:
    """Write the picture."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    PICTURE.write_text(self_contained(asyncio.run(screenshot())), encoding="utf-8")


if __name__ == "__main__":
    main()
