"""Entries of `sources.changes` and `sources.reports` as feeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.config import ChangeFeed, Secret
from cockpit.observe.live.feeds.opening import open_feed
from cockpit.observe.live.source import Asked
from cockpit.records import SECOND, BadInput
from cockpit.units import parse_instant
from tests.daemons import free_port, get

NOW = parse_instant("2026-11-03T02:51:10Z")


async def test_a_line_of_a_reports_file_is_a_report(tmp_path: Path) -> None:
    entry = ChangeFeed(file="reports.jsonl", every="30s")
    feed = open_feed("reports[0]", entry, beside=tmp_path, state_folder=tmp_path)
    assert (feed.name, feed.every) == ("reports[0]", 30 * SECOND)
    mark = (await feed.ask(Asked(NOW, "", False))).mark
    (tmp_path / "reports.jsonl").write_text('{"time": "2026-11-03T02:50:00Z", "text": "slow"}\n')
    found = await feed.ask(Asked(NOW, mark, False))
    assert [(event.kind, event.text) for event in found.events] == [("report", "slow")]


async def test_an_address_for_reports_has_its_path_and_its_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "t")
    port = free_port()
    entry = ChangeFeed(listen=f":{port}", token=Secret(env="TOKEN"))
    feed = open_feed("reports[0]", entry, beside=tmp_path, state_folder=tmp_path)
    await feed.ask(Asked(NOW, "", False))
    assert (tmp_path / "feeds" / f"127.0.0.1-{port}-reports.jsonl").exists()
    await feed.close()
    with pytest.raises(OSError, match="refused"):
        get(f"http://127.0.0.1:{port}/reports")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (ChangeFeed(), "name one of file, listen, kubernetes or series"),
        (ChangeFeed(file="a", kubernetes="b"), "name one of"),
        (ChangeFeed(listen="127.0.0.1:8099"), "listen takes a token"),
        (ChangeFeed(listen="here", token=Secret(env="T")), "no address to listen at"),
        (ChangeFeed(kubernetes="none"), "none"),
        (ChangeFeed(file="a", every="soon"), "not a duration"),
    ],
)
def test_what_names_no_feed_is_said_with_its_place(
    tmp_path: Path, entry: ChangeFeed, words: str
) -> None:
    with pytest.raises(BadInput, match=rf"sources\.changes\[2\]: .*{words}"):
        open_feed("changes[2]", entry, beside=tmp_path, state_folder=tmp_path)
