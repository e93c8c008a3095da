"""Alerts and changes that a server's series tell of: each once, wherever the time is cut."""

from __future__ import annotations

import pytest

from cockpit.config import ChangeFeed
from cockpit.observe.live.prometheus.alerts import alerts_source
from cockpit.observe.live.prometheus.changes import changes_source
from cockpit.observe.live.prometheus.client import Client
from cockpit.observe.live.prometheus.grid import GridSource
from cockpit.observe.live.source import Asked
from cockpit.records import HOUR, MINUTE, SECOND, Window
from tests.daemons import openmetrics_blocks, prometheus
from tests.observe.live.metrics import START, openmetrics, settings

EVERY = 15 * SECOND


def there(start: int, end: int, x: float = 1.0) -> dict[int, float]:
    """A value from one minute of the hour to another."""
    return dict.fromkeys(range(START + start * MINUTE, START + end * MINUTE, EVERY), x)


# Where nothing says that a series ended, the server goes on showing it for five minutes.
FIRING = 'ALERTS{alertname="SlowShop",alertstate="firing",region="BR\x1b[2J",severity="critical"}'
SAMPLES = {
    FIRING: there(20, 25) | there(40, 42),
    'build_info{version="v41"}': there(0, 34),
    'build_info{version="v42"}': there(30, 60),
    "replicas": there(0, 20, 8) | there(20, 21, 9) | there(21, 40, 12) | there(40, 60, 8),
}
FEEDS = {
    "changes[0]": ChangeFeed(series="build_info"),
    "changes[1]": ChangeFeed(series="replicas", label="", kind="traffic"),
}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("past")
    kinds = dict.fromkeys(("ALERTS", "build_info", "replicas"), "unknown")
    openmetrics_blocks(openmetrics(SAMPLES, kinds), folder / "tsdb")
    with prometheus(folder, tsdb=folder / "tsdb") as address:
        yield address


def alerts(address: str) -> GridSource:
    server = settings(address)
    return alerts_source("alerts", Client(server), server)


def changes(address: str) -> GridSource:
    server = settings(address)
    return changes_source("changes", Client(server), server, FEEDS)


async def told(asked: GridSource, times: list[int]) -> list[tuple[int, str, str]]:
    """At which minute, of what kind and in which words."""
    mark, found = "", []
    for now in times:
        answer = await asked.ask(Asked(now, mark, False))
        assert not answer.failing.keys() - {"earlier"}
        mark = answer.mark
        found += answer.events
    await asked.close()
    found.sort(key=lambda event: (event.at, event.text))
    return [((e.at - START) // MINUTE, e.kind, e.text) for e in found]


@pytest.mark.parametrize("step", [EVERY, 7 * MINUTE, 55 * MINUTE])
async def test_an_alert_is_told_when_it_begins_and_when_it_ends(past: str, step: int):
    times = [START + MINUTE, *range(START + 2 * MINUTE, START + 58 * MINUTE, step)]
    found = await told(alerts(past), [*times, START + 58 * MINUTE])
    assert [(at, kind) for at, kind, _ in found] == [
        (20, "alert"),
        (30, "resolved"),
        (40, "alert"),
        (47, "resolved"),
    ]
    texts = [text for _, _, text in found]
    assert texts[0].startswith("SlowShop (critical): region=BR")
    assert "\x1b" not in texts[0]
    assert texts[1] == f"{texts[0]} no longer fires"


@pytest.mark.parametrize("step", [EVERY, 7 * MINUTE, 55 * MINUTE])
async def test_changes_are_told_once(past: str, step: int):
    times = [START + 12 * MINUTE, *range(START + 13 * MINUTE, START + 58 * MINUTE, step)]
    found = await told(changes(past), [*times, START + 58 * MINUTE])
    assert found == [
        (21, "traffic", "replicas: 8 → 12"),
        (30, "deploy", "version v42 beside v41"),
        (39, "deploy", "version v41 gone, v42 left"),
        (40, "traffic", "replicas: 12 → 8"),
    ]


async def test_the_past_tells_the_same_changes(past: str):
    source = changes(past)
    await source.ask(Asked(START + 58 * MINUTE, "", False))
    window = Window(start=START + 12 * MINUTE, end=START + 58 * MINUTE)
    events = [event async for found in source.earlier(window) for event in found.events]
    await source.close()
    assert sorted(event.text for event in events) == [
        "replicas: 12 → 8",
        "replicas: 8 → 12",
        "version v41 gone, v42 left",
        "version v42 beside v41",
    ]


async def test_a_series_that_is_not_there_is_said(past: str):
    server = settings(past)
    feeds = {"changes[0]": ChangeFeed(series="nothing_of_that_name")}
    found = await changes_source("changes", Client(server), server, feeds).ask(
        Asked(START + HOUR, "", False)
    )
    assert found.failing == {"changes[0]": "no such series"}
