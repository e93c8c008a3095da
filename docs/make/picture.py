"""The picture of the README: the cockpit itself, drawn on a sample incident, as an SVG."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import cast

from cockpit.assets import sample_incident
from cockpit.records import SECOND
from cockpit.session import Session
from cockpit.ui.app import CockpitApp
from cockpit.ui.picture import svg
from cockpit.ui.screens.incident import IncidentScreen
from cockpit.units import parse_instant

PICTURE = Path(__file__).resolve().parents[1] / "cockpit.svg"
SAMPLE, AT, SIZE = "card-fraud-rollout", "04:21:30", (120, 40)


async def screenshot() -> str:
    """The sample some minutes after the page, worked a little, as it is shown."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "picture.incident"
        with Session.replay(
            sample_incident(SAMPLE), journal=journal, resume=False, who="ada@bastion"
        ) as session:
            at = parse_instant(AT, near=session.recording.span.end)
            _work(session, at)
            app = CockpitApp(session, at=at, paused=True, theme="dark")
            async with app.run_test(size=SIZE) as pilot:
                while not app.computed:
                    await pilot.pause(0.05)
                await pilot.pause(0.2)
                lines = cast("IncidentScreen", app.screen).lines()
                return svg(lines, SIZE[0], app.palette)


def _work(session: Session, at: int) -> None:
    """Accept the proposed answers to the first questions, and go on to containment."""
    when = at - 90 * SECOND
    for question in session.view(when).checklist.questions:
        if question.id in ("detected", "who", "severity"):
            session.answer(question.id, question.proposal.answer, when)
    session.enter_phase("scope", when)
    session.view(at - 30 * SECOND)
    session.enter_phase("containment", at - 30 * SECOND)


def main() -> None:
    """Write the picture."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    PICTURE.write_text(asyncio.run(screenshot()), encoding="utf-8")


if __name__ == "__main__":
    main()
