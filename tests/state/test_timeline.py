"""Each kind of entry reads as a sentence a colleague would understand."""

from __future__ import annotations

from typing import Any

import pytest

from cockpit.incident.timeline import timeline
from cockpit.records import MINUTE
from tests.state.events import journal


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("answer", {"question": "who", "answer": "BR"}, "who? BR"),
        ("answer", {"question": "who", "answer": None}, "who? unknown"),
        ("tick", {"task": "commander"}, "done: name a commander"),
        (
            "choose",
            {
                "option": "rollback",
                "label": "rollback to v41",
                "reason": "v42 alone is wrong",
                "companions": ["freeze_deploys"],
            },
            "chose rollback to v41: v42 alone is wrong; with freeze deploys",
        ),
        (
            "ask",
            {"who": "infra", "what": "warm 12", "deadline": 61 * MINUTE, "default": "canary"},
            "asked infra: warm 12, by 01:01 UTC; otherwise canary",
        ),
        ("phase", {"phase": "scope", "reason": ""}, "entered scope"),
        ("phase", {"phase": "remediation", "reason": "no harm"}, "entered remediation: no harm"),
        ("severity", {"severity": "SEV1", "reason": "payments"}, "SEV1: payments"),
        (
            "evidence",
            {"sign": "errors_up", "state": "not seen", "reason": "health checks"},
            "evidence: errors up is not seen: health checks",
        ),
        ("evidence", {"sign": "odd", "state": "seen"}, "evidence: odd is seen"),
        (
            "set",
            {"key": "options.rules.wrong_share", "value": "4%"},
            "set options.rules.wrong_share to 4%",
        ),
        ("clear_flag", {"by": "Ada"}, "safety mark cleared by Ada"),
        ("export", {"audience": "exec", "path": "b.md"}, "exec briefing written to b.md"),
        ("deploy", {"version": "v42"}, "v42"),
        ("onset", {"onset": 48 * MINUTE}, "began 00:48 UTC"),
    ],
)
def test_words(kind: str, data: dict[str, Any], text: str) -> None:
    assert timeline(journal((kind, data)), MINUTE)[0].text == text


def test_executions_answers_and_undos_name_what_they_are_about() -> None:
    entries = timeline(
        journal(
            ("choose", {"option": "kill", "label": "kill switch"}),
            ("execute", {"choice": "me:1"}),
            ("ask", {"who": "legal", "what": "OK?"}),
            ("ask_answer", {"ask": "me:3", "answer": "yes"}),
            ("undo", {"event": "me:1"}),
        ),
        MINUTE,
    )
    assert [entry.text for entry in entries[1::2]] == [
        "executed: kill switch",
        "legal answered: yes",
    ]
    assert entries[4].text == "undid: chose kill switch"
    assert [entry.undone for entry in entries] == [True, False, False, False, False]
