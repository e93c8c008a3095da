"""What people do by keyboard: answer, tick, choose, execute, mark harm, ask, report, brief."""

import threading

import msgspec
import pytest

from cockpit.records import MINUTE, BadInput
from cockpit.ui.panes.checklist import open_questions
from tests.ui.driving import NARROW, WIDE, cockpit
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


@SIZES
async def test_enter_accepts_the_proposed_answer_and_its_time_is_kept(size):
    async with cockpit(size) as driven:
        await driven.press("enter")
        assert "because: precision .71 there" in driven.text()
        await driven.press("enter")
        (kind, (question, answer, seconds)) = driven.session.done[0]
        assert (kind, question, answer) == ("answer", "who", "region BR, all devices")
        assert seconds >= 0
        assert driven.sheet is None
        assert "Answered: region BR" in driven.text()


async def test_u_says_unknown():
    async with cockpit() as driven:
        await driven.press("enter", "u")
        assert driven.session.answers == {"who": None}
        assert "unknown" in driven.text()


@pytest.mark.parametrize("begin", [["n"], ["tab", "n"]])
async def test_typing_replaces_the_proposal(begin):
    async with cockpit() as driven:
        await driven.press("enter", *begin)
        await driven.type("obody yet")
        await driven.press("enter")
        assert driven.session.answers == {"who": "nobody yet"}


async def test_a_task_is_ticked_and_a_measured_one_is_refused_in_one_line():
    async with cockpit() as driven:
        await driven.press("3", *"jjjjj", "enter")
        assert list(driven.session.ticked) == ["confirm-severity"]
        await driven.press("j", "enter")
        assert "ticked by what is measured" in driven.text()
        assert driven.session.done[-1][0] == "tick"


async def test_after_an_answer_the_cursor_is_on_the_next_question_then_on_the_tasks():
    async with cockpit() as driven:
        checklist = driven.app.view.checklist
        waiting = [q.id for q in open_questions(driven.app.view)]
        for question in waiting:
            assert driven.screen.item() == f"question:{question}"
            await driven.press("enter", "u")
        by_hand = [
            task.id
            for task in checklist.tasks
            if task.phase == driven.app.view.status.phase and not (task.done or task.measured)
        ]
        assert len(by_hand) > 1
        for task in by_hand:
            assert driven.screen.item() == f"task:{task}"
            await driven.press("enter")
        assert list(driven.session.ticked) == by_hand


async def test_after_a_question_in_the_middle_the_one_behind_it_is_next():
    async with cockpit() as driven:
        waiting = [q.id for q in open_questions(driven.app.view)]
        await driven.press("j", "enter", "u")
        after = (waiting[2:] + waiting)[0]
        assert driven.screen.item() == f"question:{after}"


@SIZES
async def test_choosing_takes_option_reason_companions_and_what_is_blocked_another_reason(size):
    async with cockpit(size) as driven:
        await driven.press("c", "j", "enter")
        assert "Why this one?" in driven.text()
        await driven.press("enter")
        assert "takes a reason" in driven.text()
        await driven.press("2", "space", "j", "j", "space")
        assert "[x] preserve logs" in driven.text()
        await driven.press("enter")
        assert "Expected: wrong decisions below 300" in driven.text()
        assert "02:55" in driven.text()
        await driven.press("enter")
        assert "rollback to v41 is blocked: 24 of 36 workers warm" in driven.text()
        assert driven.session.choice is None
        await driven.press("2")
        assert driven.session.done == [
            (
                "choose",
                (
                    "rollback",
                    "quickest to take effect and to undo",
                    ["pause retraining", "preserve logs"],
                    "mended",
                ),
            )
        ]
        assert "not yet executed" in driven.text()


async def test_a_reason_may_be_typed():
    async with cockpit() as driven:
        await driven.press("c", "enter", "r")
        await driven.type("told by the director")
        await driven.press("enter", "enter", "enter")
        assert driven.session.choice.reason == "told by the director"


async def test_choosing_begins_at_the_option_under_the_cursor():
    async with cockpit() as driven:
        await driven.press("4", *"jjjjj", "c", "enter", "1", "enter", "enter")
        assert driven.session.choice.option == "observe"


async def test_executing_is_another_step_than_choosing():
    async with cockpit() as driven:
        await driven.press("x")
        assert "nothing has been chosen yet" in driven.text()
        await driven.press("c", "enter", "1", "enter", "enter", "x")
        assert driven.session.choice.executed_at == OPENS
        assert "executed 02:51" in driven.text()


@SIZES
async def test_leaving_containment_without_a_choice_takes_a_reason(size):
    async with cockpit(size) as driven:
        await driven.press("greater_than_sign")
        assert "No containment has been chosen" in driven.text()
        await driven.press("escape")
        assert driven.session.phase == "containment"
        await driven.press("greater_than_sign", "2")
        assert driven.session.done == [("phase", ("remediation", "the fix is minutes away"))]
        assert "REMEDIATE ▸" in driven.text()


async def test_the_guard_takes_a_typed_reason_too():
    async with cockpit() as driven:
        await driven.press("greater_than_sign", "r")
        await driven.type("drill")
        await driven.press("enter")
        assert driven.session.done == [("phase", ("remediation", "drill"))]


async def test_what_was_known_is_kept_when_a_phase_is_left():
    async with cockpit() as driven:
        await driven.press("greater_than_sign", "1", "5")
        assert "remediation, now" in driven.text()


@pytest.mark.parametrize(
    ("key", "kind", "word"),
    [("s", "safety", "SAFETY"), ("p", "privacy", "PRIVACY"), ("d", "data_loss", "DATA LOSS")],
)
async def test_harm_asks_once_more_and_then_means_sev0(key, kind, word):
    async with cockpit() as driven:
        await driven.press("!", key)
        assert driven.session.done == []
        await driven.press("enter")
        assert "esc leaves without marking" in driven.text()
        await driven.type("seen")
        await driven.press("enter")
        assert driven.session.done == [(kind, (kind, "seen"))]
        assert f"SEV0 {word}" in driven.text()


async def test_a_report_has_words_and_a_segment():
    async with cockpit() as driven:
        await driven.press("r")
        await driven.type("card declined")
        await driven.press("enter")
        await driven.type("region=BR")
        await driven.press("enter")
        assert driven.session.done == [("report", ("card declined", "region=BR"))]


async def test_an_ask_is_added_in_four_steps_and_answered():
    async with cockpit() as driven:
        await driven.press("a", "n")
        for text in ("legal", "approve the rules", "+10m", "we go on"):
            await driven.type(text)
            await driven.press("enter")
        asked = ("legal", "approve the rules", OPENS + 10 * MINUTE, "we go on")
        assert driven.session.done == [("ask", asked)]
        assert "legal: approve the rules" in driven.text()
        await driven.press("enter")
        await driven.type("done")
        await driven.press("enter")
        assert driven.session.done[-1] == ("ask_answer", ("a:1", "done"))
        assert "answered" in driven.text()


async def test_a_digit_asks_a_stakeholder_and_only_the_deadline_is_asked_for():
    async with cockpit() as driven:
        await driven.press("a")
        line = "1 infra: warm v41 to 12 replicas (platform on-call; without an answer: 8 stay warm)"
        assert line in driven.text()
        assert "2 legal: approve the rules (counsel)" in driven.text()
        await driven.press("1")
        assert "By when?" in driven.text()
        await driven.type("+10m")
        await driven.press("enter")
        asked = ("infra", "warm v41 to 12 replicas", OPENS + 10 * MINUTE, "8 stay warm")
        assert driven.session.done == [("ask", asked)]
        await driven.press("3")
        assert len(driven.session.done) == 1


async def test_without_stakeholders_no_digit_is_offered():
    session = FakeSession()
    session.recording = msgspec.structs.replace(session.recording, stakeholders=[])
    async with cockpit(session=session) as driven:
        await driven.press("a")
        assert "prepared ask" not in driven.text()
        await driven.press("1")
        assert "By when?" not in driven.text()


async def test_a_bad_deadline_is_said_at_once():
    async with cockpit() as driven:
        await driven.press("a", "n")
        for text in ("legal", "approve", "whenever"):
            await driven.type(text)
            await driven.press("enter")
        assert "is not a time" in driven.text()
        assert driven.session.done == []


async def test_undo_says_what_was_undone():
    async with cockpit() as driven:
        await driven.press("z")
        assert "there is nothing to undo" in driven.text()
        await driven.press("enter", "enter", "z")
        assert "undone: answer" in driven.text()
        assert driven.session.answers == {}


async def test_the_journal_can_be_filtered_and_escape_shows_all_again():
    async with cockpit() as driven:
        await driven.press("J")
        await driven.type("schema")
        await driven.press("enter")
        assert "amount (BR) changed" in driven.text()
        assert "v42 to 90 %" not in driven.text()
        await driven.press("escape")
        assert "v42 to 90 %" in driven.text()


async def test_while_a_view_is_computed_only_the_newest_wish_waits():
    class Slow(FakeSession):
        def __init__(self):
            super().__init__()
            self.computed = []
            self.go_on = threading.Event()
            self.go_on.set()

        def view(self, at):
            self.computed.append(at)
            self.go_on.wait(10)
            return super().view(at)

    session = Slow()
    async with cockpit(session=session) as driven:
        session.computed.clear()
        session.go_on.clear()
        for _ in range(30):
            driven.app.travel(driven.app.clock.moved(MINUTE // 10))
            await driven.until(lambda: session.computed)
        session.go_on.set()
        await driven.settle()
        assert session.computed == [OPENS + MINUTE // 10, OPENS + 3 * MINUTE]
        assert driven.app.view.at == driven.app.clock.at


async def test_a_view_that_fails_is_one_line_and_the_old_one_stays():
    async with cockpit() as driven:
        driven.session.fail = BadInput("chunk 7 is damaged: import the recording again")
        await driven.press("M")
        assert "chunk 7 is damaged" in driven.text()
        assert "precision" in driven.text()
        assert "figures of 02:51:10" in driven.text()
        driven.session.fail = ZeroDivisionError("secret")
        await driven.press("M")
        assert "ZeroDivisionError" in driven.text()
        assert "secret" not in driven.text()
        driven.session.fail = None
        await driven.press("M")
        assert "figures of" not in driven.text()
