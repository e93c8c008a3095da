"""`cockpit experiment`: a table, a document, and criteria written to a replay's journal."""

from pathlib import Path

import pytest

from bench.harness import SAMPLE
from cockpit.session import Session
from tests.whole.conftest import cockpit, told, told_json
from tests.whole.made import START, iso

UNIT_SWAP = SAMPLE.with_name("unit-swap.incident")
AT = ("--at", "04:53")


def test_it_prints_the_plans_in_order_and_what_each_shows() -> None:
    text = told("experiment", UNIT_SWAP, *AT)
    assert "wrong decisions in region BR" in text
    assert text.index("shadow") < text.index("canary 10 %") < text.index("A/B 50 %")
    assert "exit criteria of shadow" in text
    assert "v41 is hurt itself" in text


def test_the_document_has_what_the_table_has_and_more() -> None:
    document = told_json("experiment", UNIT_SWAP, *AT, "--kind", "canary")
    assert document["schema"] == "cockpit.experiment/1"
    (plan,) = document["plans"]
    assert plan["kind"] == "canary"
    assert plan["rows"] > 0
    assert plan["minutes"] < plan["minutes_at_most"]
    assert plan["criteria"]["sentences"]


def test_share_margin_and_power_change_the_rows() -> None:
    def rows(*options: str) -> int:
        (plan,) = told_json("experiment", SAMPLE, *AT, "--kind", "canary", *options)["plans"]
        return int(plan["rows"])

    at = rows("--against", "v41")
    assert rows("--against", "v41", "--margin", "0.5%") > at
    assert rows("--against", "v41", "--power", "95%") > at
    assert rows("--against", "v41", "--share", "1%") < at


def test_criteria_are_written_to_a_replay_and_watched(tmp_path: Path) -> None:
    path = told(
        "experiment", SAMPLE, "--at", "04:10:20", "--kind", "canary", "--metric", "wrong_rate",
        "--fix", "v42", "--against", "v41", "--write",
    ).strip()  # fmt: skip
    assert Path(path).exists()
    later = told("experiment", path, "--at", "04:20")
    assert "FAIL" in later
    assert "written 04:10 for a canary" in later
    with Session.read(SAMPLE) as recording:
        assert recording.state(recording.recording.span.end).experiment is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--metric", "psi"), "cannot be proved by rows"),
        (("--share", "0"), "--share"),
        (("--margin", "x"), "--margin"),
        (("--power", "100%"), "--power"),
        (("--write",), "--write takes --at"),
        ((*AT, "--write", "--metric", "auc"), "nothing was written"),
    ],
)
def test_what_cannot_be_done_is_one_line(options: tuple[str, ...], said: str) -> None:
    result = cockpit("experiment", UNIT_SWAP, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_incident_of_any_service_has_plans(incident: Path) -> None:
    document = told_json("experiment", incident, "--at", iso(START + 1_800_000_000))
    assert len(document["plans"]) == 4


def test_words_from_outside_are_inert(hostile_incident: Path) -> None:
    for options in ((), ("--fix", "\x1b[31m"), ("--against", "\u202e")):
        text = told("experiment", hostile_incident, *options)
        assert "\x1b" not in text
        assert "\u202e" not in text
