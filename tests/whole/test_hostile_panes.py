"""Hostile words on the screen: every pane, sheet and the briefing show them as words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from cockpit.records import MINUTE
from cockpit.session import Session
from tests.ui.driving import Driven
from tests.ui.driving import cockpit as opened
from tests.whole.hostile import EVERYTHING, unsafe
from tests.whole.made import DEPLOY

PANES = "123456"
SIZES = [(120, 40), (80, 24)]
# What is opened from the incident, by keys; escape closes it.
SHEETS = [
    ("c", "enter", "1", "enter"), ("3", "enter"), ("4", "enter"), ("4", "i"), ("1", "enter"),
    ("1", "i"), ("2", "enter"), ("question_mark",), ("a", "enter"), ("n",), ("r",),
    ("exclamation_mark",), ("t",), ("slash",), ("colon",), ("greater_than_sign",), ("J",), ("y",),
    ("z",),
]  # fmt: skip


@asynccontextmanager
async def hostile(file: Path, size: tuple[int, int]) -> AsyncIterator[Driven]:
    """The cockpit on a real session in which every word is hostile."""
    with Session.replay(file, journal=None, resume=True, who=EVERYTHING) as session:
        at = DEPLOY + 11 * MINUTE
        async with opened(size, cast("Any", session), at=at) as driven:
            yield driven


def on_screen(driven: Driven) -> str:
    return "\n".join(strip.text for strip in driven.app.screen._compositor.render_strips())


def check(driven: Driven, width: int) -> str:
    """What stands on the screen, which must be inert."""
    assert driven.app.crash is None
    text = on_screen(driven)
    assert not unsafe(text)
    strips = driven.app.screen._compositor.render_strips()
    assert {strip.cell_length for strip in strips} == {width}
    styles = [part.style for strip in strips for part in strip if part.style is not None]
    assert not any(style.link for style in styles)
    assert not any("click" in str(key) for style in styles for key in style.meta)
    return text


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_pane_is_inert_to_its_last_row(
    hostile_replay: Path, size: tuple[int, int]
) -> None:
    async with hostile(hostile_replay, size) as driven:
        seen = check(driven, size[0])
        for pane in PANES:
            await driven.press("o", pane)
            seen += check(driven, size[0])
            before = ""
            while before != (now := check(driven, size[0])):
                before = now
                seen += now
                await driven.press("pagedown")
    assert "␛[31mred" in seen
    assert "[bold red]rich" in seen


async def test_every_sheet_is_inert(
    hostile_replay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    size, seen = SIZES[0], set()
    async with hostile(hostile_replay, size) as driven:
        for keys in SHEETS:
            for key in keys:
                await driven.press(key)
                check(driven, size[0])
                seen.add(type(driven.sheet).__name__)
            while driven.sheet is not None:
                await driven.press("escape")
            await driven.press("o")
    assert len(seen - {"NoneType"}) >= 10


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_briefing_is_inert_as_source_and_rendered(
    hostile_replay: Path, size: tuple[int, int]
) -> None:
    async with hostile(hostile_replay, size) as driven:
        await driven.press("b")
        await driven.until(lambda: "TL;DR" in on_screen(driven))
        for key in ("f5", "pagedown", "f3", "f5", "pagedown", "end", "f6"):
            await driven.press(key)
            check(driven, size[0])
        await driven.press("escape")
        check(driven, size[0])
