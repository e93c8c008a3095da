"""What people do about containment: override a sign, set a value, and choose knowing the stakes."""

import re

import msgspec
import pytest

from cockpit.ui.commands import COMMANDS, complete
from cockpit.ui.sheets.evidence import EvidenceSheet
from cockpit.ui.sheets.stakes import stakes
from tests.ui.driving import NARROW, WIDE, cockpit
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

TABLE = FakeSession().view(OPENS).options
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


@SIZES
async def test_a_sign_is_overridden_with_a_reason_and_undone(size):
    async with cockpit(size) as driven:
        await driven.press("h")
        while not driven.screen.item().startswith("sign:feature_drifted"):
            await driven.press("j")
        await driven.press("enter")
        assert isinstance(driven.sheet, EvidenceSheet)
        assert "counts data ×10" in driven.text()
        await driven.press("n", "enter")
        assert "takes a reason" in driven.text()
        assert driven.session.done == []
        await driven.type("health checks")
        await driven.press("enter")
        said = ("feature_drifted", "not seen", "health checks")
        assert driven.session.done == [("evidence", said)]
        assert driven.sheet is None
        assert driven.screen.item() == "sign:feature_drifted"
        assert "set here: health checks" in driven.text()
        await driven.press("z")
        assert "set here" not in driven.text()


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("evidence errors_up seen they burn", ("errors_up", "seen", "they burn")),
        ("evidence errors_up not-seen ours", ("errors_up", "not seen", "ours")),
        ("evi errors_up unknown no log", ("errors_up", "not measurable", "no log")),
    ],
)
async def test_a_sign_is_overridden_by_command(line, done):
    async with cockpit() as driven:
        await driven.press(":")
        await driven.type(line)
        await driven.press("enter")
        assert driven.session.done == [("evidence", done)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("evidence errors_up maybe so", "one of: seen, not-seen, unknown"),
        ("evidence errors_up seen", "a reason is needed"),
        ("evidence", "one of: seen, not-seen, unknown"),
        ("set options.canary.share", "set takes a key and a value"),
        ("set service other", "'service' cannot be set here"),
    ],
)
async def test_what_cannot_be_set_is_said_in_one_line(line, said):
    async with cockpit() as driven:
        await driven.press(":")
        await driven.type(line)
        await driven.press("enter")
        assert said in driven.text()
        assert driven.session.done == []


@pytest.mark.parametrize("between", [" ", " = "])
async def test_a_value_that_was_assumed_is_set_and_undone(between):
    async with cockpit() as driven:
        await driven.press(":")
        await driven.type(f"set options.rules.wrong_share{between}3%")
        await driven.press("enter")
        assert driven.session.done == [("set", ("options.rules.wrong_share", "3%"))]
        await driven.press("4", "G")
        assert re.search(r"wrong_share +3% +set here", driven.text())
        await driven.press("z")
        assert "set here" not in driven.text()


async def test_keys_and_signs_are_completed():
    async with cockpit() as driven:
        keys = [assumption.key for assumption in TABLE.assumptions]
        assert complete(driven.app, "set ") == [f"set {key}" for key in keys]
        assert complete(driven.app, "set options.ro") == ["set options.rollback.minutes"]
        assert complete(driven.app, "evidence err") == [
            f"evidence errors_up {state}" for state in ("seen", "not-seen", "unknown")
        ]
        driven.app.view = None
        assert complete(driven.app, "set ") == complete(driven.app, "evidence ") == []
    assert {"set", "evidence", "severity"} <= {command.name for command in COMMANDS}


async def test_before_choosing_it_is_said_what_is_protected_given_up_and_advised():
    async with cockpit() as driven:
        await driven.press("c")
        for said in (
            "close call  harm cannot tell it from canary v42 10 %",
            "advice      Contain first, then look",
            "protects    payments are not blocked wrongly",
            "gives up    what v42 gained in BR",
        ):
            assert said in driven.text()
        await driven.press("enter", "1")
        assert "[x] shadow v42" in driven.text()
        await driven.press("enter", "enter")
        assert driven.session.choice.companions == ["shadow v42"]


def test_what_is_not_recommended_blocked_or_lasting_is_said_first():
    kill = next(row for row in TABLE.rows if row.id == "kill")
    kill = msgspec.structs.replace(kill, blocked="product has not agreed")
    text = told_lines(stakes(TABLE, kill, 100))
    assert text[0] == "! blocked   product has not agreed"
    assert text[1] == "! no undo   cannot be undone: requests that are not served are lost"
    assert "recommended is segment off: BR" in text[2]


def told_lines(lines):
    return ["".join(text for text, _ in line).rstrip() for line in lines]
