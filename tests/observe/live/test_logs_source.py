"""A growing log as a source: labels that come late, how it begins, and what it tells is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cockpit.config import Label, Predictions
from cockpit.incident.schema import BEGUN
from cockpit.incident.telemetry import Telemetry
from cockpit.observe.live.begin import begin
from cockpit.observe.live.logs import label_index, reading
from cockpit.observe.live.logs.reach import reach
from cockpit.observe.live.logs.source import LogSource
from cockpit.observe.live.source import SourceFailed
from cockpit.records import MINUTE, SECOND, BadInput, Window
from cockpit.services import load_services
from cockpit.tables import UNKNOWN
from cockpit.units import iso
from tests.observe.live.growing import BESIDE, LATEST, NOW, SHOP, Grown, few_regions, text_of
from tests.observe.test_import_in_pieces import shop

PLAIN = """
service: shop
incident: {{every: {every}}}
sources:
  predictions:
    path: {path}
    bucket: {bucket}
    time: t
    score: p
    threshold: 0.5
    id: id
    label: {{path: labels.csv, column: y, time: known}}
"""
FEATURES = """
service: shop
incident: {{every: {every}}}
sources:
  predictions: {{path: {path}, bucket: {bucket}, time: t, score: p, features: {{numeric: [a]}}}}
"""


def score(i: int, **more: Any) -> dict[str, Any]:
    return {"t": iso(NOW - 5 * MINUTE + i * SECOND), "p": 0.9, "id": f"customer-{i}", **more}


def label(i: int, y: int, minute: int) -> dict[str, Any]:
    return {"id": f"customer-{i}", "y": y, "known": iso(NOW + minute * MINUTE)}


def by_label(grown: Grown) -> dict[int, int]:
    """Predictions by what is known of their label."""
    counts = Telemetry(grown.file).counts("score", None, LATEST)
    found: dict[int, int] = {}
    for known, n in zip(counts.columns["label"], counts.columns["n"], strict=True):
        found[int(known)] = found.get(int(known), 0) + int(n)
    return found


def thirds(text: bytes) -> Iterator[bytes]:
    size = len(text) // 3 + 1
    return (text[start : start + size] for start in range(0, 3 * size, size))


@pytest.mark.parametrize(
    "config",
    [
        SHOP.replace(", time: known", ""),
        SHOP.replace(", time: known}}", "}}\n    label_delay: 30m"),
        SHOP.replace("time: known", "time: known, horizon: 3m"),
        SHOP.replace("    user:", "    labels_only_when: decision=0\n    user:"),
        SHOP.replace("    shadow:", "    #"),
        BESIDE,
        BESIDE.replace("label: bought", "label: bought\n    label_delay: 2m"),
    ],
    ids=["untimed", "delayed", "horizon", "some", "unshadowed", "beside", "beside, delayed"],
)
async def test_labels_count_as_in_an_import(tmp_path: Path, config: str) -> None:
    grown = Grown(tmp_path, config)
    rows, labels = shop(7)
    for i, row in enumerate(rows):
        row["bought"] = ["", 0, 1][i % 3]
    parts = [thirds(text_of(few_regions(rows))), thirds(text_of(labels))]
    for number, (some, known) in enumerate(zip(*parts, strict=True)):
        for path, data in ((grown.path, some), (tmp_path / "labels.csv", known)):
            with path.open("ab") as file:
                file.write(data)
        await (grown.ask(closing=True) if number else grown.begin())
    assert grown.tables() == grown.imported()


async def test_a_label_is_corrected_and_an_older_one_changes_nothing(tmp_path: Path) -> None:
    grown = Grown(tmp_path, PLAIN)
    grown.path.write_bytes(text_of([score(i) for i in range(3)]))
    await grown.begin()
    known = []
    for news, expected in [
        ([label(0, 1, 5)], {UNKNOWN: 2, 1: 1}),
        ([label(0, 1, 6)], {UNKNOWN: 2, 1: 1}),
        ([label(0, 0, 8), label(1, 1, 8)], {UNKNOWN: 1, 0: 1, 1: 1}),
        ([label(0, 1, 7)], {UNKNOWN: 1, 0: 1, 1: 1}),
        ([label(9, 1, 7)], {UNKNOWN: 1, 0: 1, 1: 1}),
    ]:
        known += news
        (tmp_path / "labels.csv").write_bytes(text_of(known))
        await grown.ask(closing=True)
        assert by_label(grown) == expected


async def test_ids_are_kept_as_keyed_hashes_where_only_their_user_can_read(tmp_path: Path) -> None:
    grown = Grown(tmp_path, PLAIN)
    grown.path.write_bytes(text_of([score(i) for i in range(3)]))
    (tmp_path / "labels.csv").write_bytes(text_of([label(0, 1, 5)]))
    await grown.begin()
    await grown.ask(closing=True)
    kept = list((tmp_path / "state" / "indexes").iterdir())
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert not any(b"customer" in path.read_bytes() for path in kept)


async def test_an_index_that_is_gone_is_told(tmp_path: Path) -> None:
    grown = Grown(tmp_path, PLAIN)
    grown.path.write_bytes(text_of([score(0)]))
    (tmp_path / "labels.csv").write_bytes(text_of([label(9, 1, 5)]))
    await grown.begin()
    await grown.ask(closing=True)
    await grown.source.close()
    for path in (tmp_path / "state" / "indexes").iterdir():
        path.unlink()
    grown.source = grown.open()
    with (tmp_path / "labels.csv").open("ab") as file:
        file.write(text_of([label(0, 1, 5)]).split(b"\n", 1)[1])
    found = await grown.ask(closing=True)
    assert "index of ids was gone" in found.failing["labels"]
    assert by_label(grown) == {UNKNOWN: 1}


async def test_no_more_predictions_wait_than_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_index, "MOST_WAITING", 2)
    grown = Grown(tmp_path, PLAIN)
    grown.path.write_bytes(text_of([score(i) for i in range(4)]))
    (tmp_path / "labels.csv").write_bytes(text_of([label(9, 1, 5)]))
    await grown.begin()
    await grown.ask(closing=True)
    with (tmp_path / "labels.csv").open("ab") as file:
        file.write(text_of([label(0, 1, 5), label(3, 1, 5)]).split(b"\n", 1)[1])
    assert "too many predictions" in (await grown.ask(closing=True)).failing["labels"]
    assert by_label(grown) == {UNKNOWN: 3, 1: 1}


async def test_bins_wait_for_rows_enough_where_there_is_no_reference(tmp_path: Path) -> None:
    grown = Grown(tmp_path, FEATURES)
    rows = [score(i % 300, a=i % 7) for i in range(1_000)]
    grown.path.write_bytes(text_of(rows[:10]))
    await grown.begin()
    began = grown.file.meta(BEGUN)
    assert grown.file.document("bins") is None
    with grown.path.open("ab") as file:
        file.write(text_of(rows[10:]).split(b"\n", 1)[1])
    await grown.ask(closing=True)
    assert grown.file.document("bins") is not None
    assert grown.file.meta(BEGUN) > began
    with grown.path.open("ab") as file:
        file.write(text_of(rows[:5]).split(b"\n", 1)[1])
    await grown.ask(closing=True)
    telemetry = Telemetry(grown.file)
    assert telemetry.counts("feature", None, LATEST).columns["n"].sum() == 5
    assert telemetry.counts("score", None, LATEST).columns["n"].sum() == 1_005


async def test_a_recording_that_broke_off_as_it_began_has_its_reference_once(
    tmp_path: Path,
) -> None:
    grown = Grown(tmp_path)
    rows, labels = shop(2)
    grown.path.write_bytes(text_of(few_regions(rows)))
    (tmp_path / "labels.csv").write_bytes(text_of(labels))
    await grown.ask(kept=False)
    await grown.restart()
    await grown.begin()
    await grown.ask(closing=True)
    assert grown.tables() == grown.imported()


async def test_only_the_window_is_told_of_what_was_before(tmp_path: Path) -> None:
    grown = Grown(tmp_path, PLAIN)
    grown.path.write_bytes(text_of([score(i) for i in range(200)]))
    await grown.ask()
    window = Window(start=NOW - 5 * MINUTE + 150 * SECOND, end=NOW)
    told = [found async for found in grown.source.earlier(window)]
    assert sum(c.columns["n"].sum() for f in told for c in f.counts if c.table == "traffic") == 50


async def test_a_long_log_is_read_in_several_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LONGEST", 0.0)
    folder = tmp_path / "logs"
    folder.mkdir()
    grown = Grown(tmp_path, BESIDE.replace("label: bought", "#"), path="logs/*.csv")
    rows = few_regions(shop(3)[0])
    (folder / "0.csv").write_bytes(text_of(rows[:1]))
    await grown.begin()
    for i in range(1, 4):
        (folder / f"{i}.csv").write_bytes(text_of(rows[i::3]))
    untils = [(await grown.ask()).until for _ in range(5)]
    assert untils[0] is None
    assert untils[-1] == grown.now
    await grown.ask(closing=True)
    assert grown.tables() == grown.imported()


async def test_bad_rows_are_told_where_they_are_and_once(tmp_path: Path) -> None:
    grown = Grown(tmp_path, PLAIN)
    grown.path.write_bytes(text_of([score(i) for i in range(4)]))
    await grown.begin()
    with grown.path.open("a") as file:
        file.write(
            "2026-11-03T02:59:00Z,much,a\nno fields\nnever,0.5,b\n2026-11-03T02:59:00Z,0.5,c\n"
        )
    found = await grown.ask()
    reason = "score is not a number"
    assert found.failing[reason] == "1 of 4 rows (the first in log.csv, after line 5)"
    others = {"malformed row", "no time, or none that can be read"}
    assert set(found.failing) == {reason, *others, "labels"}
    assert found.failing["labels"] == "labels.csv: no such file"
    assert (await grown.ask(closing=True)).failing == found.failing
    assert set((await grown.ask(closing=True)).failing) == {"labels"}


async def test_a_file_without_a_column_is_told_and_the_others_are_counted(tmp_path: Path) -> None:
    grown = Grown(tmp_path, PLAIN, path="logs/*.csv")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.csv").write_bytes(text_of([score(0)]))
    await grown.begin()
    (tmp_path / "logs" / "b.csv").write_bytes(b"t,id\n2026-11-03T02:59:00Z,7\n")
    (tmp_path / "logs" / "c.csv").write_bytes(text_of([score(1)]))
    found = await grown.ask(closing=True)
    assert "column 'p'" in found.failing["b.csv"]
    assert sum(by_label(grown).values()) == 2


async def test_a_log_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    grown = Grown(tmp_path, PLAIN)
    with pytest.raises(SourceFailed, match=r"log\.csv: no such file"):
        await grown.ask()
    grown.path.write_bytes(b"t,p")
    with pytest.raises(SourceFailed, match=r"log\.csv: no whole row yet"):
        await grown.ask()
    grown.path.write_bytes(text_of([score(0)]))
    await grown.begin()
    await grown.ask(closing=True)
    assert by_label(grown) == {UNKNOWN: 1}


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (SHOP.replace("    id: id\n", ""), r"label: .* joined with its labels by id"),
        (
            SHOP.replace("time: time", "time: {{start: 2018-01-01T00:00:00Z, every: 1s}}"),
            "time: rows",
        ),
    ],
)
def test_what_a_growing_log_cannot_have_is_refused(tmp_path: Path, config: str, words: str) -> None:
    with pytest.raises(BadInput, match=rf"cockpit\.yaml:\d+: {words}"):
        Grown(tmp_path, config)


def test_a_configuration_with_a_path_has_this_source(tmp_path: Path) -> None:
    grown = Grown(tmp_path)
    sources = begin(load_services(grown.config)["shop"], grown.file, grown.state)
    assert [type(source) for source in sources] == [LogSource]
    assert (sources[0].every, sources[0].after) == (10 * SECOND, 10 * SECOND - 2_500_000)


def test_how_far_a_log_reaches(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    for i in range(2):
        (tmp_path / "log" / f"{i}.csv").write_bytes(text_of([score(i), score(0)]))
    settings = Predictions(path="log", time="t")
    assert reach(settings, tmp_path) == "2 files, newest row 2026-11-03 02:55:01"
    with pytest.raises(SourceFailed, match="column 'when'"):
        reach(Predictions(path="log", time="when"), tmp_path)
    labelled = Predictions(path="log", time="t", label=Label(path="none.csv", column="y"))
    with pytest.raises(SourceFailed, match="no such file"):
        reach(labelled, tmp_path)
