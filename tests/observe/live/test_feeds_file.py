"""A file of changes that grows: each line is told once, whatever is done to the file meanwhile."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.observe.live.feeds import growing
from cockpit.observe.live.feeds.file import FileFeed
from cockpit.observe.live.source import Asked, Found, SourceFailed
from cockpit.records import MINUTE, SECOND, Window
from cockpit.units import iso, parse_instant

NOW = parse_instant("2026-11-03T02:51:10Z")


def feed(path: Path) -> FileFeed:
    return FileFeed("changes[0]", path, defaults={"kind": "deploy"}, every=10 * SECOND)


def line(text: str, at: int = NOW - MINUTE, **more: object) -> str:
    return json.dumps({"time": iso(at), "text": text, **more}) + "\n"


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


async def ask(path: Path, mark: str, now: int = NOW) -> Found:
    return await feed(path).ask(Asked(now=now, mark=mark, closing=False))


def texts(found: Found) -> list[str]:
    return [event.text for event in found.events]


async def test_lines_are_told_once_and_after_a_restart_too(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    add(path, line("before the start"))
    first = await ask(path, "")
    assert first.events == []
    add(path, line("v42", version="v42", segment="region=BR", kind="flag"))
    second = await ask(path, first.mark)
    assert second.events[0] == (
        NOW - MINUTE,
        NOW - MINUTE,
        "flag",
        "v42",
        {"version": "v42", "segment": "region=BR"},
    )
    assert (await ask(path, first.mark)).events == second.events, "an answer that was not kept"
    assert (await ask(path, second.mark)).events == []


async def test_a_file_that_comes_later_is_told_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    first = await ask(path, "")
    assert first.failing == {"deploys.jsonl": "no such file yet"}
    add(path, "\ufeff" + line("first"))
    assert texts(await ask(path, first.mark)) == ["first"]


async def test_a_line_counts_once_its_end_is_written(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    whole = line("in two halves")
    add(path, whole[:20])
    first = await ask(path, "")
    assert (await ask(path, first.mark)).events == []
    add(path, whole[20:])
    assert texts(await ask(path, first.mark)) == ["in two halves"]


async def test_what_is_no_event_is_named_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    add(path, line("before"))
    first = await ask(path, "")
    hostile = [
        '{"time": "2026-11-03T02:50:00Z", "kind": "deply"}',
        "[" * 100_000,
        "\x00\x1b[2J\udcff",
        line("from tomorrow", at=NOW + 24 * 60 * MINUTE).strip(),
        '{"kind": "deploy"}',
        '{"time": "2026-11-03T02:50:00Z", "text": {"a": 1}}',
        line("x" * 100_000).strip(),
    ]
    with path.open("a", errors="surrogateescape") as file:
        file.write("\n".join(hostile) + "\n\n" + line("after \x1b[31m" + "y" * 5_000))
    found = await ask(path, first.mark)
    assert len(found.events) == 1
    assert "\x1b" not in found.events[0].text
    assert len(found.events[0].text) == 2_000
    assert list(found.failing) == [f"deploys.jsonl:{number}" for number in range(2, 7)]
    assert found.failing["deploys.jsonl:2"].startswith("kind: 'deply' is unknown; did you mean")
    assert "still to come" in found.failing["deploys.jsonl:5"]
    assert found.failing["deploys.jsonl:6"].endswith("; and 2 more lines are no events")
    assert all(len(why) < 400 and why.isprintable() for why in found.failing.values())
    assert (await ask(path, found.mark)) == Found(mark=found.mark)


async def test_a_line_without_an_end_blocks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    add(path, line("before"))
    mark = (await ask(path, "")).mark
    add(path, "z" * (2 * growing.PIECE + 1_000) + "\n" + line("after"))
    told: list[str] = []
    for _ in range(4):
        found = await ask(path, mark)
        mark = found.mark
        told += texts(found)
    assert told == ["after"]


async def test_what_was_written_anew_is_told_and_the_loss_too(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    add(path, line("one") + line("two"))
    first = await ask(path, "")
    path.write_text(line("three"))
    found = await ask(path, first.mark)
    assert texts(found) == ["three"]
    assert "may be lost" in found.failing["deploys.jsonl"]
    assert (await ask(path, found.mark)).failing == {}


async def test_files_rotated_while_nobody_looked_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    add(path, line("seen"))
    mark = (await ask(path, "")).mark
    add(path, line("one"))
    for number, text in ((2, "two"), (1, "three")):
        path.rename(tmp_path / f"deploys.jsonl.{number}")
        os.utime(tmp_path / f"deploys.jsonl.{number}", (1_000 - number, 1_000 - number))
        add(path, line(text))
    add(tmp_path / "deploys-of-others.jsonl", line("not ours"))
    told = []
    for _ in range(4):
        found = await ask(path, mark)
        mark = found.mark
        told += texts(found)
        assert found.failing == {}
    assert told == ["one", "two", "three"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.integers(1, 5), st.sampled_from(["ask", "again", "renamed", "copied", "restart"])
        ),
        max_size=25,
    )
)
def test_every_line_is_told_once_in_order(steps: list[int | str]) -> None:
    """Lines are added, the file is rotated in either way, questions are asked and lost."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "deploys.jsonl"
        path.touch()
        mark = growing.end_of(path)
        written = rotations = 0
        told: list[str] = []
        asked = True

        def look(kept: bool = True) -> None:
            nonlocal mark
            while lines := (added := growing.read_on(path, mark)).lines:
                if not kept:
                    return
                told.extend(json.loads(text)["text"] for _, text in lines)
                mark = added.place

        for step in steps:
            if isinstance(step, int):
                for _ in range(step):
                    add(path, line(str(written)))
                    written += 1
            elif step in ("renamed", "copied"):
                # Two rotations between two questions are tested above; the start of a file is
                # not known again in a copy.
                if not asked or (step == "copied" and not mark.offset):
                    look()
                rotations += 1
                other = Path(folder) / f"deploys.jsonl.{rotations}"
                if step == "renamed":
                    path.rename(other)
                    path.touch()
                else:
                    other.write_bytes(path.read_bytes())
                    path.write_bytes(b"")
                os.utime(other, (rotations, rotations))
                asked = False
            else:
                look(kept=step != "again")
                asked = step != "again"
        look()
        assert told == [str(number) for number in range(written)]


async def test_earlier_tells_what_was_there_the_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "PIECE", 1_000)
    path = tmp_path / "deploys.jsonl"
    for minute in range(200, 0, -1):
        add(path, line(f"{minute} min before", at=NOW - minute * MINUTE))
    one = feed(path)
    window = Window(start=NOW - 100 * MINUTE, end=NOW)
    first = await one.ask(Asked(now=NOW, mark="", closing=False))
    add(path, line("after the first question"))
    told = [[event.at for event in found.events] async for found in one.earlier(window)]
    assert len(told) > 3
    assert told == sorted(told, reverse=True)
    assert sorted(at for ats in told for at in ats) == [
        NOW - minute * MINUTE for minute in range(100, 0, -1)
    ]
    found = await one.ask(Asked(now=NOW, mark=first.mark, closing=False))
    assert texts(found) == ["after the first question"]


async def test_what_is_no_file_fails_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="no plain file"):
        await ask(tmp_path, "")
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    with pytest.raises(SourceFailed, match="no plain file"):
        await ask(pipe, "")
