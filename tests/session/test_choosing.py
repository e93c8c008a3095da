"""Choosing in a replay: what is kept, what takes a reason, and the watch over what follows."""

import pytest

from cockpit.assets import sample_incident
from cockpit.incident.cut import cut
from cockpit.records import MINUTE, NeedsReason, Refused
from cockpit.session import Session
from cockpit.units import parse_instant

UNIT_SWAP = sample_incident("unit-swap")
ROLLOUT = sample_incident("card-fraud-rollout")


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    sessions = []

    def open_(path):
        sessions.append(Session.replay(path, resume=False, who="ana"))
        return sessions[-1]

    yield open_
    for session in sessions:
        session.close()


def when(session, text):
    return parse_instant(text, session.recording.opens_at)


def switched_off(session):
    """Segment off chosen at 04:53 and said to be done at 04:54, which nothing in traffic shows."""
    at = when(session, "04:53")
    session.view(at)
    session.choose("segment_off", "only BR is hurt", [], at)
    session.execute(at + MINUTE)
    return at + MINUTE


def test_an_effect_that_stays_away_is_an_alarm_with_the_next_option(opened):
    session = opened(UNIT_SWAP)
    done = switched_off(session)
    due = session.state(done).choice.due
    assert due == done + session.state(done).choice.within
    before, after = session.view(due), session.view(due + MINUTE)
    assert (before.choice.effect, before.choice.next_option) == ("watching", None)
    assert before.choice.effect_why.startswith("traffic of region BR has not moved yet: v42 serves")
    assert after.choice.effect == "not seen in time"
    assert after.choice.effect_why.startswith("traffic of region BR did not move: v42 serves")
    other = after.choice.next_option
    row = next(row for row in after.options.rows if row.id == other.id)
    assert other.id not in ("segment_off", "observe", "shadow")
    assert not row.blocked
    assert after.status.containment.endswith(f"NO EFFECT in time, next {other.label}")
    assert after.knowledge.next[0].startswith(f"Choose again; next best is “{other.label}”")
    session.undo(due + MINUTE)  # the execution
    again = session.view(due + MINUTE)
    assert again.status.containment == "segment off: region BR chosen, not yet executed"
    assert again.choice.next_option is None


def test_the_watch_knows_nothing_of_what_comes_later(opened, tmp_path):
    session = opened(UNIT_SWAP)
    done = switched_off(session)
    at = done + 10 * MINUTE
    span = session.recording.span
    cut(UNIT_SWAP, tmp_path / "cut.incident", span.start, span.end, at=at)
    shorter = opened(tmp_path / "cut.incident")
    assert switched_off(shorter) == done
    whole, part = session.view(at), shorter.view(at)
    assert part.choice == whole.choice
    assert part.status.containment == whole.status.containment


def test_what_others_did_is_noticed_and_due_from_then(opened):
    session = opened(ROLLOUT)
    chosen = when(session, "04:11:30")
    session.choose("split", "half of it to learn from", [], chosen)
    deployed = when(session, "04:12:27")  # to half of the customers, by someone else
    before, after = session.view(deployed), session.view(deployed + MINUTE)
    assert (before.choice.noticed_at, before.choice.effect) == (None, "")
    assert abs(after.choice.noticed_at - deployed) <= 20_000_000
    assert after.choice.due == after.choice.noticed_at + after.choice.within
    assert after.choice.executed_at is None
    assert after.status.containment.startswith("split 50 % v42 seen without being marked, since")
    done = {task.id for task in after.checklist.tasks if task.done}
    assert "do" in done
    later = session.view(when(session, "04:25"))  # nine tenths serve: it was taken back
    assert later.status.containment == "split 50 % v42 chosen, not yet executed"


def test_what_was_decided_can_be_audited(opened):
    session = opened(UNIT_SWAP)
    at = when(session, "04:53")
    view = session.view(at)
    session.choose("throttle", "load looks high", ["freeze deploys"], at)
    (entry,) = [e for e in session._incident.events(until=at) if e.kind == "choose"]
    told, best = entry.data, view.options.recommendation
    assert told["recommended"] == {"option": best.option, "label": best.label, "why": best.why}
    assert best.option != "throttle"
    assert told["regret"] > 0.0
    assert told["act"] == view.options.act
    assert told["hypotheses"] == {h.id: h.probability for h in view.options.hypotheses}
    assert told["assumed"] == {a.key: a.value for a in view.options.assumptions}
    assert (told["seen_at"], told["recording"]) == (at, view.recording)
    assert {h["name"] for h in told["hurt"]} == {"wrong_rate"}
    assert "protects safety" in session.timeline(at)[-1].text


def test_observing_ends_with_another_look(opened):
    session = opened(UNIT_SWAP)
    at = when(session, "04:47")
    session.choose("observe", "nothing is sure yet", [], at)
    due = session.state(at).choice.recheck_at
    assert at < due <= at + 10 * MINUTE
    assert session.view(due - MINUTE).status.containment.startswith("observe chosen, look again 04")
    late = session.view(due + 2 * MINUTE)
    assert late.status.containment.endswith("2 min late")
    assert late.knowledge.next[0].startswith("Look again: due 04:")
    with pytest.raises(Refused, match="nothing to execute"):
        session.execute(due)


def test_what_is_blocked_takes_a_written_reason(opened):
    session = opened(UNIT_SWAP)
    at = when(session, "04:40")  # no segment stands out yet
    with pytest.raises(NeedsReason, match="segment off is blocked: no segment") as raised:
        session.choose("segment_off", "by feeling", [], at)
    assert session.state(at).choice is None
    assert len(set(raised.value.presets)) == 4
    session.choose("segment_off", "by feeling", [], at, raised.value.presets[0])
    assert session.state(at).choice.override == raised.value.presets[0]
    assert f"all the same: {raised.value.presets[0]}" in session.timeline(at)[-1].text
    session.undo(at)
    with pytest.raises(NeedsReason):
        session.choose("segment_off", "by feeling", [], at)


def test_under_a_mark_of_safety_no_reason_helps(opened):
    session = opened(UNIT_SWAP)
    at = when(session, "04:53")
    session.view(at)  # seen before it was marked
    session.flag("safety", "a payment was lost", at)
    with pytest.raises(Refused, match="safety is marked: choose what ends the exposure") as refused:
        session.choose("rollback", "back to what was", [], at, "decided by the commander")
    assert not isinstance(refused.value, NeedsReason)
    session.choose("kill", "stop it", [], at)
    assert session.state(at).choice.option == "kill"
