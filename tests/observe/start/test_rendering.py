"""The text of a proposal: it is read back as what was proposed, whatever its words are."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import ChangeFeed, Config, Counter, Counters, Panel, Predictions, Prometheus
from cockpit.observe.start.proposal import Proposal, key
from cockpit.observe.start.rendering import chosen, rendered, scalar
from cockpit.yamlfile import load, read

# A file cannot hold half a character, and a settings file says so.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
WORDS = st.one_of(
    TEXTS, st.sampled_from(["no", "1e5", "null", "~", "'", '"', "a: b", "#", "- x", "2018-01-01"])
)


def proposal(words: list[str]) -> Proposal:
    a, b, c = words
    proposed = Proposal(
        service=a,
        metrics=Prometheus(prometheus=b, every=c),
        predictions=Predictions(path=a, time=b, segments=[c, [a, b]], threshold={a: 0.5}),
        changes=[ChangeFeed(series=a, label=b), ChangeFeed(series=c, kind="note")],
        counters=Counters(latency=Counter(series=b, version=c, unit="ms")),
    )
    for each in words:
        proposed.add_panel(each, Panel(query=each, unit=each), each, each)
        proposed.lacks(each, each, each)
    proposed.say("sources.changes[1]", a)
    proposed.say("service", b)
    return proposed


@given(st.lists(WORDS, min_size=3, max_size=3))
def test_it_is_read_back_as_it_was_proposed(words: list[str]):
    proposed = proposal(words)
    text = rendered(proposed, ["Written by a test."])
    assert load(text, Config, where="it") == proposed.config()


@given(st.one_of(WORDS, st.booleans(), st.none(), st.integers(-(10**17), 10**17)))
def test_a_value_is_read_back_as_itself(value: object):
    assert read(f"key: {scalar(value)}", "it").data == {"key": value}


def test_only_what_differs_from_a_default_is_written():
    config = Config(service="fraud", panels={"queue": Panel(query="up")})
    assert chosen(config) == {"service": "fraud", "panels": {"queue": {"query": "up"}}}
    assert msgspec.convert(chosen(config), Config) == config


def test_words_stand_above_what_they_are_of():
    proposed = Proposal(service="fraud", metrics=Prometheus(prometheus="http://here:9090"))
    proposed.say("service", "As its job is called.")
    proposed.add_panel("Queue", Panel(query='sum(queue{job="a"})', unit="requests"), "Row: Queue")
    proposed.objectives["queue"] = "- {name: queue, metric: queue, at_most: 80}"
    proposed.lacks("GPUs", "no metric of one is there", "without one nothing is missing")
    assert rendered(proposed, ["On top."]) == (
        "# On top.\n"
        "\n"
        "# As its job is called.\n"
        "service: fraud\n"
        "\n"
        "sources:\n"
        "  metrics:\n"
        "    prometheus: 'http://here:9090'\n"
        "\n"
        "panels:\n"
        "  # Row: Queue\n"
        "  queue:\n"
        "    query: 'sum(queue{job=\"a\"})'\n"
        "    unit: requests\n"
        "\n"
        "# What was promised: take away the # where it is.\n"
        "# objectives:\n"
        "#   - {name: queue, metric: queue, at_most: 80}\n"
        "\n"
        "# What could not be found, or could not be had:\n"
        "# - GPUs: no metric of one is there; without one nothing is missing\n"
    )


def test_no_line_of_a_comment_ends_it():
    proposed = Proposal(service="fraud")
    proposed.lacks("panel\nservice: other", "a\r\nb\u2028c\x85d", "x " * 200)
    text = rendered(proposed, [])
    assert all(line.startswith("#") or line in ("", "service: fraud") for line in text.split("\n"))
    assert "\u2028" not in text


def test_titles_become_names():
    assert key("E2E Request Latency", "P99") == "e2e_request_latency_p99"
    assert key("99th percentile") == "panel_99th_percentile"
    assert key("Größe ⚡") == "groe"
    assert key("…") == "panel"


def test_a_name_is_given_once():
    proposed = Proposal()
    names = [proposed.add_panel("Queue", Panel(query="up")) for _ in range(3)]
    assert names == ["queue", "queue_2", "queue_3"]
    proposed.drop_panel("queue_2")
    assert list(proposed.panels) == ["queue", "queue_3"]
