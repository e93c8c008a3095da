"""Alerts as events: of a real Alertmanager, and of servers that are wrong, lying or in a storm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from cockpit.config import Alertmanager
from cockpit.observe.events_file import RecordedEvent
from cockpit.observe.live.alertmanager.source import AlertmanagerSource, reach
from cockpit.observe.live.commit import now
from cockpit.observe.live.source import Asked, Found, SourceFailed
from cockpit.records import HOUR, MINUTE, SECOND, BadInput, Window
from cockpit.units import iso, parse_instant
from tests.daemons import alertmanager, post_json
from tests.observe.live.test_http import say, serving

ROUTES = """
route:
  receiver: chat
  routes: [{receiver: pager, matchers: ['severity="critical"']}]
receivers: [{name: chat}, {name: pager}]
inhibit_rules:
  - {source_matchers: [alertname="Down"], target_matchers: [alertname="Slow"]}
"""
NOW = parse_instant("2026-11-03T02:51:10Z")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with alertmanager(tmp_path, ROUTES) as address:
        yield address


def alert(name: str, since: int, **labels: str) -> dict[str, Any]:
    """An alert as Prometheus posts it."""
    summary = labels.pop("summary", "")
    return {
        "labels": {"alertname": name, **labels},
        "annotations": {"summary": summary} if summary else {},
        "startsAt": iso(since),
        "endsAt": iso(now() + HOUR),
    }


def fires(server: str, *alerts: dict[str, Any]) -> None:
    post_json(f"{server}/api/v2/alerts", list(alerts))


def silence(server: str, name: str, until: int) -> str:
    """Silence the alerts of a name; the silence's id."""
    matcher = {"name": "alertname", "value": name, "isRegex": False, "isEqual": True}
    body = {
        "matchers": [matcher],
        "startsAt": iso(now()),
        "endsAt": iso(until),
        "createdBy": "ann",
        "comment": "planned\x1b[2J work",
    }
    return str(json.loads(post_json(f"{server}/api/v2/silences", body))["silenceID"])


def expire(server: str, made: str) -> None:
    """End a silence."""
    urlopen(Request(f"{server}/api/v2/silence/{made}", method="DELETE"), timeout=5.0).close()


class Asking:
    """A source that is asked again and again, each time with the mark it gave before."""

    def __init__(self, address: str, **settings: Any) -> None:
        self.settings = Alertmanager(alertmanager=address, **settings)
        self.mark = ""
        self.last: Found | None = None

    async def told(self, at: int | None = None) -> list[RecordedEvent]:
        source = AlertmanagerSource(self.settings)  # a new one: all that matters is in the mark
        try:
            self.last = await source.ask(Asked(at or now(), self.mark, False))
        finally:
            await source.close()
        self.mark = self.last.mark
        return self.last.events

    async def words(self, at: int | None = None) -> list[tuple[str, str]]:
        return [(event.kind, event.text) for event in await self.told(at)]


async def test_an_alert_is_told_once_when_it_began_and_when_it_ends(server: str) -> None:
    began = now() - 20 * MINUTE
    asking = Asking(server, pages=["pager"])
    assert await asking.told() == []
    fires(server, alert("Slow", began, summary="p99 1.2 s"))
    (event,) = await asking.told()
    assert (event.kind, event.text) == ("alert", "Slow: p99 1.2 s")
    assert abs(event.at - began) < SECOND
    assert event.data == {"alert": "Slow"}
    assert await asking.told() == []
    fires(server, {**alert("Slow", began), "endsAt": iso(now())})
    assert await asking.told() == []  # it was started just now, and may have forgotten
    assert await asking.words(now() + HOUR) == [("resolved", "Slow has ended")]
    assert await asking.told(now() + HOUR) == []


async def test_what_wakes_someone_is_a_page(server: str) -> None:
    fires(server, alert("Errors", now(), severity="critical", region="BR"))
    asking = Asking(server, pages=["pager"])
    assert await asking.words() == [("page", "Errors (critical): region=BR")]
    assert await Asking(server, pages=["chat"]).words() == [
        ("alert", "Errors (critical): region=BR")
    ]


async def test_only_alerts_that_match_are_told(server: str) -> None:
    fires(server, alert("Slow", now(), service="card-fraud"), alert("Slow", now(), service="ads"))
    found = await Asking(server, matchers=['service="card-fraud"']).words()
    assert found == [("alert", "Slow: service=card-fraud")]
    with pytest.raises(SourceFailed, match="HTTP 400: bad matcher format"):
        await Asking(server, matchers=["service"]).told()


async def test_a_silence_is_told_with_who_made_it_and_when_it_ends(server: str) -> None:
    fires(server, alert("Slow", now()))
    asking = Asking(server)
    assert await asking.words() == [("alert", "Slow")]
    made = silence(server, "Slow", now() + HOUR)
    ((kind, text),) = await asking.words()
    assert kind == "silence"
    assert text.startswith("Slow is silenced until ")
    assert text.endswith(" UTC by ann: planned␛[2J work")
    assert await asking.told() == []
    expire(server, made)
    assert await asking.words() == [("silence", "Slow is no longer silenced")]
    assert await asking.told() == []


async def test_an_alert_silenced_from_the_start_becomes_one_when_the_silence_ends(
    server: str,
) -> None:
    made = silence(server, "Slow", now() + HOUR)
    fires(server, alert("Slow", now()))
    asking = Asking(server)
    assert [kind for kind, _ in await asking.words()] == ["silence"]
    expire(server, made)
    assert await asking.words() == [("alert", "Slow")]


async def test_what_another_alert_inhibits_is_told_when_that_one_has_ended(server: str) -> None:
    since = now()
    fires(server, alert("Down", since), alert("Slow", since))
    asking = Asking(server)
    assert await asking.words() == [("alert", "Down")]
    fires(server, {**alert("Down", since), "endsAt": iso(now())})
    assert await asking.words(now() + HOUR) == [("alert", "Slow"), ("resolved", "Down has ended")]


async def test_it_has_no_past(server: str) -> None:
    source = AlertmanagerSource(Alertmanager(alertmanager=server))
    assert [found async for found in source.earlier(Window(start=NOW - HOUR, end=NOW))] == []
    await source.close()


def test_reach_says_which_it_is_and_how_many_fire(server: str, tmp_path: Path) -> None:
    settings = Alertmanager(alertmanager=server)
    assert reach(settings, tmp_path).endswith(", 0 alerts")
    assert reach(settings, tmp_path).startswith("Alertmanager 0.")
    fires(server, alert("Slow", now()))
    assert reach(settings, tmp_path).endswith(", 1 alert")


# --- servers that are not what they should be ----------------------------------------------------


@contextmanager
def saying(answers: dict[str, object]) -> Iterator[str]:
    """A server that answers what stands for the path asked for, bytes or JSON; its address."""

    def answer(handler: Any) -> None:
        found = answers.get(handler.path.partition("?")[0].rpartition("/")[2], b"")
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        say(handler, body, 500 if body == b"broken" else 200)

    with serving(answer) as address:
        yield address


def given(number: int, since: str = "2026-11-03T02:50:00Z", **status: object) -> dict[str, Any]:
    """An alert as an Alertmanager tells it."""
    return {
        "fingerprint": f"{number:016x}",
        "startsAt": since,
        "labels": {"alertname": f"A{number}"},
        "receivers": [{"name": "chat"}],
        "status": {"state": "active", "silencedBy": [], **status},
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>login</html>", "an HTML page"),
        (b"broken", "HTTP 500"),
        (b'[{"fingerprint": "1", ', "half an answer"),
        (b'{"status": "success"}', "no answer of an Alertmanager"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "half an answer|not JSON"),
        (b"", "half an answer"),
    ],
)
async def test_what_is_no_answer_fails_in_a_few_words(body: bytes, words: str) -> None:
    with saying({"alerts": body}) as address, pytest.raises(SourceFailed, match=words):
        await Asking(address).told()


async def test_a_storm_is_told_by_some_and_followed_in_part() -> None:
    storm = [given(number) for number in range(10_000)]
    storm[9_999]["receivers"] = [{"name": "pager"}]
    with saying({"alerts": storm, "status": {}}) as address:
        asking = Asking(address, pages=["pager"])
        events = await asking.told(NOW)
        assert len(events) == 51
        assert (events[0].kind, events[0].text) == ("page", "A9999")
        assert events[-1].text == "and 950 more at once"
        assert asking.last is not None
        assert asking.last.failing == {"storm": "10,000 alerts; 1,000 of them are followed"}
        assert len(asking.mark) < 200_000
        assert await asking.told(NOW) == []
        storm[1_000:] = []  # those that are still there and were not followed are told now
        assert [event.kind for event in await asking.told(NOW + SECOND)] == ["alert", "resolved"]


async def test_what_cannot_be_read_ends_nothing() -> None:
    alerts: list[object] = [given(1)]
    with saying({"alerts": alerts, "status": {}}) as address:
        asking = Asking(address)
        assert len(await asking.told(NOW)) == 1
        alerts[:] = [7, {"fingerprint": "x" * 500, "startsAt": ""}]
        assert await asking.told(NOW) == []
        assert asking.last is not None
        assert asking.last.failing == {"unread": "2 alerts cannot be read"}
        alerts[:] = []
        assert [event.text for event in await asking.told(NOW)] == ["A1 has ended"]


@pytest.mark.parametrize("since", ["2031-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "soon", "9e99"])
async def test_a_time_that_cannot_be_is_now(since: str) -> None:
    with saying({"alerts": [given(1, since)], "status": {}}) as address:
        (event,) = await Asking(address).told(NOW)
        assert event.at == NOW


async def test_hostile_words_are_inert_and_bounded() -> None:
    hostile = given(1)
    hostile["labels"] = {"alertname": "\x1b[2J\u202e" * 500, "severity": "\r\n" * 500}
    hostile["annotations"] = {"summary": "<script>\x00" * 5_000}
    with saying({"alerts": [hostile], "status": {}}) as address:
        (event,) = await Asking(address).told(NOW)
    assert event.text.isprintable()
    assert len(event.text) <= 300
    assert len(event.data["alert"]) <= 80
    assert event.data["alert"].isprintable()


async def test_silences_that_cannot_be_had_are_told_without_who_made_them() -> None:
    silenced = given(1, state="suppressed", silencedBy=["s"])
    with saying({"alerts": [silenced], "silences": b"broken"}) as address:
        asking = Asking(address)
        assert await asking.words(NOW) == [("silence", "A1 is silenced")]
        assert asking.last is not None
        assert asking.last.failing == {"silences": "HTTP 500"}


def test_settings_that_cannot_be_name_their_key() -> None:
    with pytest.raises(BadInput, match=r"sources\.alerts: 'soon' is not a duration"):
        AlertmanagerSource(Alertmanager(alertmanager="http://127.0.0.1:9093", every="soon"))
    with pytest.raises(BadInput, match=r"sources\.alerts: .*no address"):
        AlertmanagerSource(Alertmanager(alertmanager="am:9093"))
