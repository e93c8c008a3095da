"""A recorded past against what a recorder would have kept, from a real server."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import numpy as np
import pytest

from cockpit.incident.file import IncidentFile
from cockpit.incident.health import source_states
from cockpit.incident.journal import events
from cockpit.incident.schema import ROLLING
from cockpit.incident.telemetry import TOLD, Telemetry
from cockpit.incident.verify import verify
from cockpit.observe.live.commit import Committer
from cockpit.observe.live.prometheus.opening import prometheus_sources
from cockpit.observe.live.source import Asked
from cockpit.observe.past.recording import PastRequest, record_past
from cockpit.observe.report import ImportReport
from cockpit.records import HOUR, MINUTE, SECOND, Unreachable, Window
from cockpit.services import ServiceConfig, load_services
from tests.daemons import openmetrics_blocks, prometheus
from tests.observe.live.metrics import START
from tests.observe.past.outage import EVERY, WORSE, blocks, configured

WINDOW = Window(start=START, end=START + HOUR)
DEPLOY = '{"time": "%s", "kind": "deploy", "text": "v2 to 100%%"}\n'


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory):
    """A Prometheus that scraped through the outage."""
    folder = tmp_path_factory.mktemp("past")
    openmetrics_blocks(blocks(START), folder / "tsdb")
    with prometheus(folder, tsdb=folder / "tsdb") as found:
        yield found


@pytest.fixture
def service(address: str, tmp_path: Path) -> ServiceConfig:
    return load_services(configured(tmp_path, address))["shop"]


def recorded(service: ServiceConfig, out: Path, **changed: object) -> ImportReport:
    given = {"window": WINDOW, "state_folder": out.parent / "state", "documents": {}}
    return record_past(PastRequest(service=service, output=out, **{**given, **changed}))


async def test_a_view_at_any_time_has_what_a_recorder_would_have_shown(
    service: ServiceConfig, tmp_path: Path
):
    past = tmp_path / "past.incident"
    await asyncio.to_thread(recorded, service, past)
    live = tmp_path / "live.incident"
    with IncidentFile.create(live, service="shop", live=True, meta={ROLLING: "x"}) as file:
        await record_live(service, file)
    with IncidentFile.open(past) as ours, IncidentFile.open(live) as theirs:
        one, other = Telemetry(ours), Telemetry(theirs)
        for at in range(START + MINUTE, START + HOUR, 7 * MINUTE + 3 * SECOND):
            window = Window(start=START + 30 * SECOND, end=at)
            assert plain(one.counts_by_valid("traffic", window, at)) == plain(
                other.counts_by_valid("traffic", window, at)
            )
            assert plain_series(one.series(None, window, at)) == plain_series(
                other.series(None, window, at)
            )
            assert one.told(at, HOUR) == other.told(at, HOUR) is not None
        assert told_events(ours) == told_events(theirs)


async def record_live(service: ServiceConfig, file: IncidentFile) -> None:
    """Ask as a recorder does, on each beat of the hour; answers take a while."""
    clock = START
    committer = Committer(file, lambda: clock + SECOND // 5)
    sources = prometheus_sources(service.config)
    for clock in range(START - EVERY + 2 * SECOND, START + HOUR, EVERY):
        for source in sources:
            found = await source.ask(Asked(clock, committer.mark(source.name), False))
            told = found.until if source.counts else None
            committer.commit(source.name, found, {}, told=told)
    for source in sources:
        await source.close()


def plain(counts) -> object:
    return {k: v.tolist() for k, v in counts.columns.items()}, counts.words


def plain_series(series) -> object:
    return {name: (at.tolist(), x.tolist()) for name, (at, x) in series.items()}


def told_events(file: IncidentFile) -> list[tuple[object, ...]]:
    """What was told of the service; live, no alerts are asked for where an Alertmanager is."""
    return [
        (event.kind, event.at, event.observed_at, event.text)
        for event in events(file)
        if event.kind not in ("source", "alert") and event.at >= START + MINUTE
    ]


def test_it_is_sealed_and_counts_what_the_server_counted(service: ServiceConfig, tmp_path: Path):
    out = tmp_path / "past.incident"
    recorded(service, out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []
    report = verify(out)
    assert report.ok
    with IncidentFile.open(out) as file:
        counts = Telemetry(file).counts(
            "traffic",
            Window(start=START + WORSE, end=START + WORSE + 10 * MINUTE),
            START + 2 * HOUR,
        )
        kinds = np.array(counts.words["kind"])[counts.columns["kind"]].tolist()
        n = dict(zip(kinds, counts.columns["n"].tolist(), strict=True))
        assert n == {"": (30 + 9) * 40, "500": 9 * 40}
        assert TOLD not in Telemetry(file).series(None, None, START + 2 * HOUR)
        kinds = {event.kind for event in events(file)}
    assert {"alert", "deploy", "source"} <= kinds


def test_what_could_not_be_had_is_named_panel_by_panel(service: ServiceConfig, tmp_path: Path):
    out = tmp_path / "past.incident"
    told = recorded(service, out).lines()
    assert any(line.startswith("metrics/broken: HTTP 400: ") for line in told)
    assert "panel gone: no values from that time" in told
    assert "alerts: an Alertmanager keeps no past; taken are those of Prometheus' own rules" in told
    assert "changes[0]: nothing from that time" in told
    with IncidentFile.open(out) as file:
        states = source_states(events(file))
    assert [state.name for state in states if state.failing] == ["metrics/broken"]


def test_changes_of_files_are_those_of_the_window(service: ServiceConfig, tmp_path: Path):
    lines = [DEPLOY % time for time in ("2026-11-01T00:00:00Z", "2026-11-03T03:10:00Z")]
    (tmp_path / "deploys.jsonl").write_text("no event\n" + "".join(lines))
    at = 1_793_675_400 * SECOND
    assert WINDOW.start <= at < WINDOW.end
    recorded(service, tmp_path / "past.incident")
    with IncidentFile.open(tmp_path / "past.incident") as file:
        found = [event for event in events(file) if event.text == "v2 to 100%"]
    assert [event.at for event in found] == [at]
    assert found[0].observed_at > at


def test_nobody_answers(tmp_path: Path):
    service = load_services(configured(tmp_path, "http://127.0.0.1:9"))["shop"]
    with pytest.raises(Unreachable, match="metrics: connection refused"):
        recorded(service, tmp_path / "past.incident")
    assert [path.name for path in tmp_path.iterdir()] == ["cockpit.yaml"]
