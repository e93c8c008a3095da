"""No view at T holds anything observed after T, by clock, by cut or by source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.records import HOUR, MINUTE, SECOND, Window
from cockpit.session import Session
from cockpit.units import parse_instant
from tests.whole.conftest import differences, few, imported, told, told_json
from tests.whole.made import DEPLOY, END, HARD_TO_KNOW, LENGTH, START, Log, iso, made

FROM, TO = START - HOUR, END + HOUR

# Any microsecond, and the edges: the ends of buckets and what lies beside them.
SECONDS = st.integers(MINUTE // SECOND, (LENGTH + HARD_TO_KNOW) // SECOND)
BESIDE = st.sampled_from([-1, 0, 1])
TIMES = (
    st.builds(lambda s, beside: START + s * SECOND + beside, SECONDS, BESIDE)
    | st.builds(lambda m, beside: START + m * MINUTE + beside, st.integers(1, 52), BESIDE)
    | st.integers(START + MINUTE, END + HARD_TO_KNOW)
)


def everything_known(file: Path, at: int) -> dict[str, Any]:
    """The whole view at `at`, and figures over a window of one's own."""
    with Session.read(file) as session:
        view = msgspec.to_builtins(session.view(at))
        window = session.assessment(at, Window(start=at - 9 * MINUTE, end=at))
    # A file's name and how far it reaches are facts about the file, not about the service.
    del view["recording"], view["span"]
    return {"view": view, "window": msgspec.to_builtins(window)}


def everything_told(file: Path, at: int) -> dict[str, Any]:
    """What every command that answers says at `at`."""
    moment = ["--at", iso(at)]
    said: dict[str, Any] = {
        command: told_json(command, file, *moment)
        for command in ("assess", "options", "severity", "status", "timeline")
    }
    with Session.read(file) as session:
        named = session.recording.content_id[:12]
    for audience in ("exec", "technical"):
        text = told("brief", file, *moment, "--for", audience)
        assert named in text
        said[f"brief for {audience}"] = text.replace(named, "").splitlines()
    return said


@few(6)
@given(at=TIMES)
def test_a_view_is_the_same_in_a_file_that_ends_there(
    incident: Path, tmp_path_factory: pytest.TempPathFactory, at: int
) -> None:
    shorter = tmp_path_factory.mktemp("cut") / "shorter.incident"
    told("cut", incident, "--from", iso(FROM), "--to", iso(TO), "--at", iso(at), "-o", shorter)
    assert not differences(everything_known(shorter, at), everything_known(incident, at))


FAMILIES = (
    "metrics",
    "drift",
    "segments",
    "versions",
    "estimated",
    "gaps",
    "reliability",
    "burns",
    "monitors",
    "findings",
    "notes",
)


def test_no_family_of_figures_is_compared_empty(incident: Path) -> None:
    with Session.read(incident) as session:
        told = msgspec.to_builtins(session.assessment(END))
    assert [family for family in FAMILIES if not told[family]] == []


def test_a_view_is_the_same_whatever_was_looked_at_before(incident: Path) -> None:
    """Played through the minute in which the deploy is heard of, with what is kept on the way."""
    heard = DEPLOY + 2 * MINUTE
    with Session.read(incident) as played:
        for at in (heard - SECOND, heard, heard + SECOND, heard + MINUTE, heard + 61 * SECOND):
            with Session.read(incident) as fresh:
                assert not differences(
                    msgspec.to_builtins(played.view(at)), msgspec.to_builtins(fresh.view(at))
                )


@pytest.mark.parametrize(
    "at",
    [DEPLOY + 90 * SECOND, START + 27 * MINUTE + 17 * SECOND + 1, END + 3 * MINUTE],
    ids=["after the deploy", "after the page", "after the last request"],
)
def test_every_command_says_the_same_as_if_nothing_later_had_ever_been_written(
    incident: Path, log: Log, tmp_path: Path, at: int
) -> None:
    earlier = imported(log.until(at), tmp_path)
    assert not differences(everything_told(earlier, at), everything_told(incident, at))


@few(25)
@given(at=TIMES)
def test_an_event_is_told_once_it_could_be_known_and_not_before(
    incident: Path, log: Log, at: int
) -> None:
    entries = told_json("timeline", incident, "--at", iso(at))["entries"]
    known = [event for event in log.events if event["observed_at"] <= at]
    assert [entry["at"] for entry in entries] == sorted(event["time"] for event in known)
    assert all(entry["observed_at"] <= at for entry in entries)


@pytest.mark.parametrize("seed", [1, 2])
def test_labels_are_counted_once_they_are_known_and_not_before(tmp_path: Path, seed: int) -> None:
    log = made(seed, rows=600)
    file = imported(log, tmp_path)
    for minute in (8, 23, 39, 44, 52):
        at = START + minute * MINUTE
        window = ["--from", iso(START), "--to", iso(at)]
        metrics = told_json("assess", file, "--at", iso(at), *window)["metrics"]
        coverage = next(m for m in metrics if m["id"] == "label_coverage")
        known = {row["id"] for row in log.labels if row["known"] < at}
        scored = sum(row["time"] < at for row in log.predictions)
        assert coverage["value"] == pytest.approx(len(known) / scored, abs=1e-12)
        assert coverage["n"] == scored


def test_at_the_end_is_what_is_looked_at_where_no_time_is_given(incident: Path) -> None:
    with Session.read(incident) as session:
        end = session.recording.span.end
    assert told_json("status", incident) == told_json("status", incident, "--at", iso(end))
    assert parse_instant(iso(end)) == end
