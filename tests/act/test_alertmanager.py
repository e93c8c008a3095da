"""Silences: what is shown is what is sent, and what makes no sense is not shown at all."""

import json

import pytest

from cockpit.act.alertmanager import body, expire, make, matchers_of, preview
from cockpit.records import HOUR, BadInput, Refused
from cockpit.silence import Matcher, Silence
from cockpit.units import parse_instant

NOW = parse_instant("2026-11-03T02:51:10Z")
SLOW = [Matcher(name="alertname", value="Slow")]


class Recorded:
    """A server that takes everything and gives one answer."""

    def __init__(self, answer: bytes = b'{"silenceID": "519840e9"}') -> None:
        self.answer = answer
        self.requests: list[tuple[str, str, object]] = []

    async def change(self, method: str, path: str, json: object = None) -> bytes:
        self.requests.append((method, path, json))
        return self.answer


def shown(**changed: object) -> Silence:
    given = {"at": NOW, "length": HOUR, "author": "ann@here", "comment": " known "}
    alerts = ["Slow: p99 1.2 s"]
    return preview(SLOW, alerts, **{**given, **changed})  # type: ignore[arg-type]


def test_a_name_means_the_alerts_of_the_service():
    found = matchers_of("Slow", ['service="card-fraud"', "env!=test"])
    assert [matcher.text for matcher in found] == [
        'alertname="Slow"',
        'service="card-fraud"',
        'env!="test"',
    ]


def test_matchers_mean_what_they_say():
    found = matchers_of('region="BR", alertname=~"Slow.*"', ['service="card-fraud"'])
    assert [matcher.text for matcher in found] == ['region="BR"', 'alertname=~"Slow.*"']
    with pytest.raises(BadInput, match="matches nothing"):
        matchers_of("region=", [])
    with pytest.raises(Refused, match="say which alert"):
        matchers_of("  ", [])


async def test_what_was_shown_is_all_that_is_sent():
    silence, server = shown(), Recorded()
    made = await make(server, silence)
    assert made.id == "519840e9"
    assert server.requests == [("POST", "/api/v2/silences", body(silence))]
    assert json.loads(json.dumps(body(silence))) == {
        "matchers": [{"name": "alertname", "value": "Slow", "isRegex": False, "isEqual": True}],
        "startsAt": "2026-11-03T02:51:10Z",
        "endsAt": "2026-11-03T03:51:10Z",
        "createdBy": "ann@here",
        "comment": "known",
    }


async def test_a_silence_is_ended_by_its_id():
    server = Recorded(b"")
    await expire(server, Silence(matchers=[], starts_at=0, ends_at=1, author="", comment="",
                                 id="a/../b"))  # fmt: skip
    assert server.requests == [("DELETE", "/api/v2/silence/a%2F..%2Fb", None)]


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"silenceID": 7}', b"\xff", b"[" * 10_000])
async def test_an_answer_without_an_id_is_said(answer: bytes):
    with pytest.raises(BadInput, match="names no silence"):
        await make(Recorded(answer), shown())


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"length": 0}, "length of time"), ({"length": -1}, "length"), ({"comment": " "}, "reason")],
)
def test_what_makes_no_sense_is_refused(changed: dict[str, object], words: str):
    with pytest.raises(Refused, match=words):
        shown(**changed)


def test_every_alert_at_once_is_refused():
    with pytest.raises(Refused, match="every alert"):
        preview([], [], at=NOW, length=HOUR, author="a", comment="b")


def test_a_preview_names_some_and_counts_all():
    silence = preview(
        SLOW, [f"Slow: {n}" for n in range(900)], at=NOW, length=HOUR, author="a", comment="b"
    )
    assert (len(silence.alerts), silence.count) == (20, 900)
