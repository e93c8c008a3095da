"""Counters of real servers as counts: nothing lost, nothing twice, however it was asked for."""

from __future__ import annotations

from collections import Counter as Tally
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import Counter, Counters
from cockpit.observe.live.prometheus.answers import Matrix, RawSeries
from cockpit.observe.live.prometheus.client import Client
from cockpit.observe.live.prometheus.counters import counters_source, traffic
from cockpit.observe.live.prometheus.grid import GridSource
from cockpit.observe.live.prometheus.growth import over_seconds
from cockpit.observe.live.source import Asked
from cockpit.records import HOUR, MINUTE, SECOND, Counts, Window
from tests.daemons import openmetrics_blocks, prometheus, victoria_metrics
from tests.observe.live.metrics import START, openmetrics, settings

EVERY = 15 * SECOND
GRID = range(START, START + HOUR, EVERY)


def growing(by: int, resets: tuple[int, ...] = (), missing: range = range(0)) -> dict[int, float]:
    """A counter that grows at each reading, is reset at some, and is not read at others."""
    x, found = 1_000.0, {}
    for i, at in enumerate(GRID):
        x = float(by) if i in resets else x + by
        if i not in missing:
            found[at] = x
    return found


SAMPLES = {
    'asked_total{build="v1",code="200",instance="a",job="shop"}': growing(30),
    # restarted: it has counted 40 since
    'asked_total{build="v2",code="200",instance="b",job="shop"}': growing(40, resets=(120,)),
    'asked_total{build="v2",code="500",instance="b",job="shop"}': growing(2, resets=(120,)),
    **{
        f'took_seconds_bucket{{le="{le}",build="v1",instance="a"}}': growing(by)
        for le, by in (("0.1", 10), ("0.5", 25), ("+Inf", 30))
    },
}
KINDS = {"asked": "counter", "took_seconds": "histogram"}
COUNTERS = Counters(
    requests=Counter(series="asked_total", version="build"),
    errors=Counter(series='asked_total{code=~"5.."}', version="build", kind="code"),
)


@pytest.fixture(scope="module", params=["prometheus", "victoria-metrics"])
def past(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A server that scraped for an hour, some time ago."""
    folder = tmp_path_factory.mktemp("past")
    text = openmetrics(SAMPLES, KINDS)
    if request.param == "prometheus":
        openmetrics_blocks(text, folder / "tsdb")
        with prometheus(folder, tsdb=folder / "tsdb") as address:
            yield address
    else:
        with victoria_metrics(folder) as address:
            push(address, text, folder)
            yield address


def push(address: str, text: str, folder: Path) -> None:
    """Samples with times in the past, as VictoriaMetrics takes them: times in ms."""
    from urllib.request import Request, urlopen

    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            series, x, at = line.rsplit(" ", 2)
            lines.append(f"{series} {x} {float(at) * 1_000:.0f}")
    url = f"{address}/api/v1/import/prometheus"
    with urlopen(Request(url, "\n".join(lines).encode()), timeout=5.0):
        pass
    with urlopen(f"{address}/internal/force_flush", timeout=5.0):
        pass


def source(address: str, counters: Counters = COUNTERS) -> GridSource:
    server = settings(address)
    return counters_source("counters", Client(server), server, counters, "v9")


def summed(counts: list[Counts]) -> Tally[tuple[str, str, int]]:
    """How many of each version and kind in each second."""
    found: Tally[tuple[str, str, int]] = Tally()
    for each in counts:
        if each.table != "traffic":
            continue
        versions, kinds, columns = each.words["version"], each.words["kind"], each.columns
        for version, kind, at, n in zip(
            columns["version"], columns["kind"], columns["valid"], columns["n"], strict=True
        ):
            found[versions[version], kinds[kind], int(at)] += int(n)
    return found


def totals(found: Tally[tuple[str, str, int]], window: Window) -> dict[tuple[str, str], int]:
    rows = Tally()
    for (version, kind, at), n in found.items():
        if window.start <= at < window.end:
            rows[version, kind] += n
    return dict(rows)


def counted(series: list[RawSeries], window: Window) -> Tally[tuple[str, str, int]]:
    """What is counted in a stretch of readings, of which a server gives those it was asked for."""
    first = window.start + EVERY - 10 * MINUTE
    asked = []
    for each in series:
        inside = (each.at >= first) & (each.at <= window.end)
        asked.append(each._replace(at=each.at[inside], x=each.x[inside]))
    told = traffic(Matrix(asked), window, EVERY, lambda _: "v1", lambda _: "")
    return summed(list(told.counts))


async def told(asked: GridSource, times: list[int]) -> list[Counts]:
    mark, counts = "", []
    for now in times:
        found = await asked.ask(Asked(now, mark, False))
        mark = found.mark
        counts += found.counts
    await asked.close()
    return counts


async def test_what_is_counted_is_what_counters_grew_by(past: str):
    first, last = START + 20 * MINUTE, START + 50 * MINUTE
    counts = await told(source(past), list(range(first, last + 3 * SECOND, EVERY)))
    window = Window(start=first, end=START + 45 * MINUTE)
    # The reset at 30 min cost nothing: what was counted since it is counted.
    assert totals(summed(counts), window) == {
        ("v1", ""): 100 * 30,
        ("v2", ""): 100 * 42,
        ("v2", "500"): 100 * 2,
    }


async def test_however_it_is_asked_for_the_counts_are_the_same(past: str):
    first, last = START + 20 * MINUTE, START + 50 * MINUTE
    steadily = await told(source(past), list(range(first, last + 1, EVERY)))
    once = await told(source(past), [first, first + 7 * MINUTE + 4 * SECOND, last])
    assert summed(once) == summed(steadily)
    after = source(past)
    pieces = [(await after.ask(Asked(last, "", False))).counts]
    pieces += [found.counts async for found in after.earlier(Window(start=first, end=last))]
    await after.close()
    window = Window(start=first, end=last - MINUTE)
    assert totals(summed([c for piece in pieces for c in piece]), window) == totals(
        summed(steadily), window
    )


async def test_latency_is_kept_as_the_buckets_that_were_scraped(past: str):
    only = Counters(latency=Counter(series="took_seconds_bucket", version="build"))
    counts = await told(source(past, only), [START + 20 * MINUTE + i * EVERY for i in range(9)])
    series = [each for each in counts if each.table == "series"]
    assert {word for each in series for word in each.words["name"]} == {
        f'latency_bucket{{instance="a",le="{le}",version="v1"}}' for le in ("0.1", "0.5", "+Inf")
    }
    window = Window(start=START + 20 * MINUTE, end=START + 21 * MINUTE)
    assert totals(summed(counts), window) == {("v1", ""): 4 * 30}


async def test_a_counter_that_is_not_there_is_said(past: str):
    found = await source(past, Counters(requests=Counter(series="nothing_total"))).ask(
        Asked(START + 20 * MINUTE, "", False)
    )
    assert found.failing == {"requests": "no such series"}
    none = Counters(requests=COUNTERS.requests, errors=Counter(series="no_errors_yet_total"))
    assert not (await source(past, none).ask(Asked(START + 20 * MINUTE, "", False))).failing


def test_readings_that_are_missing_are_made_up_for_over_their_time():
    readings = growing(30, missing=range(100, 104))
    at = np.array(list(readings))
    series = [RawSeries({}, at, np.array(list(readings.values())))]
    window = Window(start=START + 20 * MINUTE, end=START + 30 * MINUTE)
    found = counted(series, window)
    assert set(found.values()) == {2}  # thirty in fifteen seconds, missing or not
    assert totals(found, window) == {("v1", ""): 40 * 30}


@given(st.lists(st.integers(1, 1 << 48), max_size=20), st.data())
def test_dealt_over_seconds_nothing_is_lost(counts: list[int], data: st.DataObject):
    seconds = np.array([data.draw(st.integers(1, 600)) for _ in counts], dtype=np.int64)
    which, second, n = over_seconds(np.array(counts, dtype=np.int64), seconds)
    assert [int(n[which == i].sum()) for i in range(len(counts))] == counts
    assert np.all(n > 0)
    assert np.all((second >= 0) & (second < seconds[which]))
    for i, total in enumerate(counts):
        assert n[which == i].max() <= -(-total // int(seconds[i]))


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 79), max_size=5))
def test_counts_do_not_depend_on_where_the_time_is_cut(seed: int, cuts: list[int]):
    random = np.random.default_rng(seed)
    series = []
    for pod in range(3):
        x = np.cumsum(random.integers(0, 50, 120)).astype(float)
        for reset in random.integers(0, 120, 2):
            x[reset:] -= x[reset]
        there = random.random(120) < 0.8
        at = START + np.arange(120) * EVERY
        series.append(RawSeries({"instance": str(pod)}, at[there], x[there]))

    places = [START + i * EVERY for i in (40, *sorted({40 + cut for cut in cuts}), 119)]
    pieces = [counted(series, Window(start=a, end=b)) for a, b in pairwise(places) if a < b]
    assert sum(pieces, Tally()) == counted(series, Window(start=places[0], end=places[-1]))
