"""The recorder: what is told is written once, is seen late enough, and goes into incidents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from cockpit.incident.declared import declare, end, open_incidents, seal
from cockpit.incident.file import IncidentFile
from cockpit.incident.health import source_states
from cockpit.incident.journal import events
from cockpit.incident.rolling import drop_before, open_recording, recording_path
from cockpit.incident.telemetry import Telemetry
from cockpit.incident.verify import verify
from cockpit.observe.events_file import RecordedEvent
from cockpit.observe.live.commit import Committer, now
from cockpit.observe.live.recorder import Recorder
from cockpit.observe.live.source import Asked, Found, SourceFailed
from cockpit.records import HOUR, MINUTE, SECOND, Counts, Window

EVERY = SECOND // 5


def traffic(at: int, n: int = 1) -> Counts:
    """`n` requests in the second of `at`."""
    columns = {
        "version": np.zeros(1, np.int64),
        "kind": np.zeros(1, np.int64),
        "valid": np.array([at // SECOND * SECOND]),
        "observed": np.zeros(1, np.int64),
        "n": np.array([n]),
    }
    return Counts(table="traffic", columns=columns, words={"version": ("v1",), "kind": ("",)})


class Scripted:
    """A source whose answers are given; it repeats the last one's mark when they are used up."""

    name, every, after, counts = "script", EVERY, 0, True

    def __init__(self, answers: list[Found | Exception], before: list[Found] | None = None) -> None:
        self.answers = answers
        self.before = before or []
        self.marks: list[str] = []
        self.closed = False

    async def ask(self, asked: Asked) -> Found:
        self.marks.append(asked.mark)
        if not self.answers:
            return Found(mark=asked.mark, until=asked.now)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def earlier(self, window: Window) -> AsyncIterator[Found]:
        for found in self.before:
            yield found

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def recording(tmp_path: Path):
    file = open_recording(recording_path(tmp_path, "shop"), "shop", MINUTE, "rules")
    with file:
        yield file


async def record(file: IncidentFile, folder: Path, *sources: Scripted, seconds: float) -> None:
    recorder = Recorder(file, sources, folder, look_back=HOUR, keep=24 * HOUR, declare_on=("page",))
    task = asyncio.create_task(recorder.run())
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def requests(file: IncidentFile, at: int) -> int:
    return int(Telemetry(file).counts("traffic", None, at).columns["n"].sum())


async def test_what_is_found_is_written_with_its_mark(recording, tmp_path):
    at = now()
    source = Scripted(
        [Found("1", [traffic(at)], until=at), Found("2", [traffic(at, 2)], until=at)],
        before=[Found("x", [traffic(at - HOUR, 5)]), Found("y", [traffic(at - 2 * HOUR, 7)])],
    )
    await record(recording, tmp_path, source, seconds=1.0)
    assert source.closed
    assert source.marks[:2] == ["", "1"]
    assert requests(recording, now() + MINUTE) == 1 + 2 + 5 + 7
    assert Committer(recording).mark("script") == "2"  # not that of what was before
    assert verify(recording.path).ok


async def test_a_new_recorder_goes_on_at_the_mark_and_asks_for_no_past(recording, tmp_path):
    await record(recording, tmp_path, Scripted([Found("7", [])]), seconds=0.5)
    again = Scripted([], before=[Found("", [traffic(now(), 100)])])
    await record(recording, tmp_path, again, seconds=0.5)
    assert set(again.marks) == {"7"}
    assert requests(recording, now() + MINUTE) == 0


async def test_a_failure_is_journalled_when_it_begins_and_when_it_ends(recording, tmp_path):
    failing = [SourceFailed("connection refused"), SourceFailed("connection refused")]
    source = Scripted([Found("1"), *failing, Found("2", failing={"latency": "HTTP 422"})])
    await record(recording, tmp_path, source, seconds=2.5)
    told = [(e.data["source"], e.data["cause"]) for e in events(recording)]
    assert told == [
        ("script", "connection refused"),
        ("script", ""),
        ("script/latency", "HTTP 422"),
        ("script/latency", ""),
    ]
    assert not any(state.failing for state in source_states(events(recording)))


async def test_one_that_fails_holds_up_no_other(recording, tmp_path):
    broken = Scripted([ValueError("a fault of ours")] * 50)
    broken.name = "broken"
    well = Scripted([Found(str(i), [traffic(now())]) for i in range(1, 4)])
    await record(recording, tmp_path, broken, well, seconds=1.2)
    assert requests(recording, now() + MINUTE) == 3
    (state,) = [s for s in source_states(events(recording)) if s.failing]
    assert (state.name, state.cause) == ("broken", "the cockpit's own fault: ValueError")


async def test_nothing_is_stamped_earlier_than_it_could_be_seen(recording):
    committer = Committer(recording)
    at = now()
    before = requests(recording, at)
    stamp = committer.commit("script", Found("1", [traffic(at)]), {})
    assert stamp > now()
    assert requests(recording, at) == before  # a view of then is the same for ever
    assert requests(recording, stamp) == before + 1


async def test_a_page_declares_an_incident_with_what_was_before(recording, tmp_path):
    at = now()
    page = RecordedEvent(at, at, "page", "latency is high", {})
    source = Scripted(
        [
            Found("1", [traffic(at - 2 * HOUR, 9), traffic(at)]),
            Found("2", events=[page]),
            Found("3", [traffic(at, 4)]),
        ]
    )
    await record(recording, tmp_path, source, seconds=1.5)
    (opened,) = open_incidents(tmp_path, "shop")
    assert opened.title == "latency is high"
    with IncidentFile.open(opened.path) as incident:
        assert requests(incident, now() + MINUTE) == 5  # two hours ago is before its hour
        assert {"page", "declare"} <= {event.kind for event in events(incident)}


async def test_what_began_long_ago_declares_nothing(recording, tmp_path):
    page = RecordedEvent(now() - 3 * HOUR, now(), "page", "it has been so for hours", {})
    await record(recording, tmp_path, Scripted([Found("1", events=[page])]), seconds=0.6)
    assert [event.kind for event in events(recording)] == ["page"]
    assert open_incidents(tmp_path, "shop") == []


async def test_an_incident_is_followed_until_it_ends_and_then_sealed(recording, tmp_path):
    committer = Committer(recording)
    committer.commit("script", Found("1", [traffic(now(), 3)]), {})
    path = declare(recording, tmp_path, at=now(), look_back=HOUR, title="odd", writer="ann@here")
    late = Scripted([Found("2", [traffic(now(), 4)])])
    await record(recording, tmp_path, late, seconds=0.6)
    with IncidentFile.open_live(path) as incident:
        assert requests(incident, now() + MINUTE) == 7
        end(incident, at=now(), reason="mended", writer="ann@here")
    assert seal(path)
    assert open_incidents(tmp_path) == []
    await record(recording, tmp_path, Scripted([Found("3", [traffic(now(), 8)])]), seconds=0.6)
    with IncidentFile.open(path) as incident:
        assert requests(incident, now() + MINUTE) == 7
    report = verify(path)
    assert report.ok, report.first_break


def test_a_rolling_recording_drops_its_front_and_keeps_its_chain(recording):
    committer = Committer(recording)
    old = now() - 3 * HOUR
    for hours in range(3):
        committer.commit("script", Found(str(hours), [traffic(old + hours * HOUR)]), {})
    assert drop_before(recording, now() - HOUR) == 0  # seen only now
    far = now() + 10 * HOUR
    assert drop_before(recording, far) == 3
    committer.commit("script", Found("9", [traffic(now(), 2)]), {})
    assert requests(recording, far) == 2
    report = verify(recording.path)
    assert report.ok, report.first_break
