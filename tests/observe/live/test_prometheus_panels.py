"""Panels from real servers: the same points live, after an outage and from the past."""

from __future__ import annotations

import itertools
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest

from cockpit.config import Panel
from cockpit.incident.counts import concatenate
from cockpit.observe.live.prometheus.client import Client
from cockpit.observe.live.prometheus.grid import GridSource
from cockpit.observe.live.prometheus.panels import panels_source
from cockpit.observe.live.source import Asked, SourceFailed
from cockpit.records import HOUR, MINUTE, SECOND, Counts, Window
from tests.daemons import openmetrics_blocks, prometheus, victoria_metrics
from tests.observe.live.metrics import START, openmetrics, settings

EVERY = 15 * SECOND
END = START + 3 * HOUR
SAMPLES = {
    'queue{pod="a"}': {at: (at - START) / SECOND for at in range(START, END, EVERY)},
    # it vanishes: the server shows it for five minutes more
    'queue{pod="b"}': dict.fromkeys(range(START, START + HOUR, EVERY), 7.0),
    "share": {at: float("nan") if at % MINUTE else 0.25 for at in range(START, END, EVERY)},
}
KINDS = {"queue": "gauge", "share": "gauge"}
PANELS = {
    "queue_depth": Panel(query="queue"),
    "ratio": Panel(query='queue{pod="a"} / (queue{pod="a"} - queue{pod="a"})'),
    "share": Panel(query="share"),
}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory):
    """A Prometheus that scraped for three hours, some time ago."""
    folder = tmp_path_factory.mktemp("past")
    openmetrics_blocks(openmetrics(SAMPLES, KINDS), folder / "tsdb")
    with prometheus(folder, tsdb=folder / "tsdb") as address:
        yield address


def source(address: str, panels: dict[str, Panel] = PANELS, **changed: object) -> GridSource:
    server = settings(address, **changed)
    return panels_source("panels", Client(server), server, panels)


def points(counts: list[Counts]) -> dict[str, dict[int, float]]:
    """{series: {time: value}}; no time comes twice."""
    every = concatenate(counts)
    found: dict[str, dict[int, float]] = {}
    names = [every.words["name"][code] for code in every.columns["name"]]
    for name, at, x in zip(
        names, every.columns["valid"].tolist(), every.columns["x"].tolist(), strict=True
    ):
        assert at not in found.setdefault(name, {})
        found[name][at] = x
    return found


async def told(asked: GridSource, times: list[int]) -> dict[str, dict[int, float]]:
    """All points of a row of questions, each going on where the last one ended."""
    mark, counts = "", []
    for now in times:
        found = await asked.ask(Asked(now, mark, False))
        assert not found.failing.keys() - {"earlier"}
        mark = found.mark
        counts += found.counts
    await asked.close()
    return points(counts)


async def test_asked_point_by_point_or_after_an_outage_the_points_are_the_same(past: str):
    first, last = START + 30 * MINUTE, START + 50 * MINUTE
    steadily = await told(source(past), list(range(first, last + 1, EVERY)))
    outage = [first, first + 2 * MINUTE + 7 * SECOND, last]
    assert await told(source(past), outage) == steadily
    queue = steadily['queue_depth{pod="a"}']
    # The first question has one point; the last grid point is settled two seconds later.
    assert list(queue) == list(range(first - EVERY, last, EVERY))
    assert all(x == (at - START) / SECOND for at, x in queue.items())


async def test_a_long_outage_is_caught_up_newest_first(past: str):
    asked = source(past)
    first = await asked.ask(Asked(START + 10 * MINUTE, "", False))
    found = await asked.ask(Asked(END, first.mark, False))
    newest = points(found.counts)['queue_depth{pod="a"}']
    assert max(newest) == END - EVERY
    assert "earlier" in found.failing
    counts, rounds = [*first.counts, *found.counts], 0
    while "earlier" in found.failing:
        found = await asked.ask(Asked(END, found.mark, False))
        counts += found.counts
        rounds += 1
    await asked.close()
    whole = points(counts)['queue_depth{pod="a"}']
    assert sorted(whole) == list(range(START + 10 * MINUTE - EVERY, END, EVERY))
    assert rounds <= 2


async def test_the_past_comes_newest_first_and_ends_where_the_first_question_began(past: str):
    asked = source(past)
    now = START + 2 * HOUR + 1 * SECOND
    first = await asked.ask(Asked(now, "", False))
    pieces = [found async for found in asked.earlier(Window(start=START, end=now))]
    await asked.close()
    spans = [points(found.counts)['queue_depth{pod="a"}'] for found in pieces]
    assert min(spans[0]) == max(spans[0]) - 15 * MINUTE + EVERY
    assert all(max(older) < min(newer) for newer, older in itertools.pairwise(spans))
    together = points([*first.counts, *(counts for found in pieces for counts in found.counts)])
    assert sorted(together['queue_depth{pod="a"}']) == list(range(START, now - 2 * SECOND, EVERY))


async def test_what_is_not_a_number_is_no_point_and_what_vanished_has_none(past: str):
    found = await told(source(past), [START + HOUR, START + HOUR + 20 * MINUTE])
    assert not [name for name in found if name.startswith("ratio")]
    assert set(found["share"].values()) == {0.25}
    assert all(at % MINUTE == 0 for at in found["share"])
    assert max(found['queue_depth{pod="b"}']) < START + HOUR + 5 * MINUTE


async def test_a_panel_that_fails_says_why_and_goes_on_where_it_was(past: str):
    now = START + HOUR
    wrong = {**PANELS, "latency_p99": Panel(query="histogram_quantile(0.99")}
    asked = source(past, wrong)
    found = await asked.ask(Asked(now, "", False))
    assert list(found.failing) == ["latency_p99"]
    assert found.failing["latency_p99"].startswith("HTTP 400: ")
    assert 'queue_depth{pod="a"}' in points(found.counts)
    await asked.close()
    mended = source(past, {**PANELS, "latency_p99": Panel(query="sum(queue)")})
    later = await mended.ask(Asked(now + 2 * MINUTE, found.mark, False))
    await mended.close()
    assert not later.failing
    assert len(points(later.counts)["latency_p99"]) == len(
        points([*found.counts, *later.counts])['queue_depth{pod="a"}']
    )


async def test_a_query_with_too_many_series_is_refused(past: str):
    asked = source(past, most_series=1)
    found = await asked.ask(Asked(START + HOUR, "", False))
    await asked.close()
    assert found.failing == {"queue_depth": "2 series, over 1"}


async def test_where_every_panel_fails_alike_the_source_has_failed():
    asked = source("http://127.0.0.1:9")
    with pytest.raises(SourceFailed, match="connection refused"):
        await asked.ask(Asked(START, "", False))
    with pytest.raises(SourceFailed, match="connection refused"):
        [found async for found in asked.earlier(Window(start=START - HOUR, end=START))]
    await asked.close()


async def test_more_points_than_the_server_gives_at_once_are_asked_in_parts(past: str):
    asked = source(past)
    client = Client(settings(past))
    found = await client.query_range('queue{pod="a"}', START, END - SECOND, SECOND // 2)
    await client.close()
    await asked.close()
    (series,) = found.series
    assert np.array_equal(series.at, np.arange(START, END - SECOND + 1, SECOND // 2))


async def test_victoria_metrics_tells_the_same_points(past: str, tmp_path: Path):
    with victoria_metrics(tmp_path) as address:
        lines = "\n".join(
            f"{series} {x:g} {at // 1_000}"
            for series, values in SAMPLES.items()
            if series.startswith("queue")
            for at, x in values.items()
        )
        urlopen(Request(f"{address}/api/v1/import/prometheus", lines.encode())).close()
        urlopen(f"{address}/internal/force_flush").close()
        panels = {"queue_depth": Panel(query='queue{pod="a"}')}
        times = [START + 30 * MINUTE, START + 40 * MINUTE]
        theirs = await told(source(address, panels), times)
        ours = await told(source(past, panels), times)
        for name in ours:
            assert list(theirs[name]) == list(ours[name])
            assert list(theirs[name].values()) == pytest.approx(list(ours[name].values()))
        wrong = source(address, {"a": Panel(query="sum("), "b": Panel(query="queue")})
        found = await wrong.ask(Asked(START + HOUR, "", False))
        await wrong.close()
        assert found.failing["a"].startswith("HTTP 422")
