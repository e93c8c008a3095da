"""Journals made by hand and by hypothesis, for the tests of the fold."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cockpit.records import MINUTE, SECOND, Event


def journal(
    *entries: tuple[str, dict[str, Any]], start: int = 0, seq: int = 1, writer: str = "me"
) -> list[Event]:
    """Entries one second apart, numbered from `seq`."""
    return [
        Event(
            id=f"{writer}:{number}",
            writer=writer,
            seq=number,
            lamport=number,
            at=start + i * (SECOND if start == 0 else 0),
            observed_at=start + i * (SECOND if start == 0 else 0),
            written_at=0,
            kind=kind,
            data=data,
        )
        for i, (kind, data) in enumerate(entries)
        for number in [seq + i]
    ]


# Data of the right shape, of the wrong shape, and with text that should not move a cursor.
_VALUES = st.one_of(
    st.none(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False),
    st.sampled_from(
        [
            "who",
            "page",
            "scope",
            "remediation",
            "rollback",
            "SEV2",
            "exec",
            "Ada",
            "\x1b[31m[bold]red[/]",
            "‮gnp.exe",
            "me:1",
            "me:2",
            "me:3",
            "you:1",
            "you:2",
        ]
    ),
    st.lists(st.sampled_from(["freeze_deploys", "\x1b]0;x\x07"]), max_size=2),
    st.fixed_dictionaries(
        {
            "phase": st.sampled_from(["detection", "scope"]),
            "known": st.lists(st.sampled_from(["fell", "\x1b[2J"]), max_size=1),
            "unknown": st.just([]),
            "next": st.just([]),
        }
    ),
)
_KEYS = (
    "question",
    "answer",
    "task",
    "option",
    "label",
    "reason",
    "companions",
    "expected",
    "expected_by",
    "choice",
    "who",
    "what",
    "deadline",
    "default",
    "ask",
    "by",
    "phase",
    "frozen",
    "severity",
    "segment",
    "version",
    "audience",
    "path",
    "text",
    "event",
    "onset",
)
_KINDS = (
    "answer",
    "tick",
    "choose",
    "execute",
    "note",
    "ask",
    "ask_answer",
    "safety",
    "privacy",
    "data_loss",
    "clear_flag",
    "phase",
    "severity",
    "report",
    "export",
    "draft",
    "undo",
    "session",
    "onset",
    "deploy",
    "flag",
    "schema",
    "traffic",
    "alert",
    "page",
    "strange",
)


@st.composite
def _event(draw: st.DrawFn) -> Event:
    writer = draw(st.sampled_from(["me", "you", "recording"]))
    seq = draw(st.integers(1, 12))
    # Id, time and order follow from writer and seq: an entry is written once.
    number = seq * 7 + len(writer) * 3
    at = (number * 2_654_435_761) % (40 * MINUTE)
    late = (number % 3) * MINUTE
    kind = _KINDS[(number * 31) % len(_KINDS)] if writer == "recording" else None
    return Event(
        id=f"{writer}:{seq}",
        writer=writer,
        seq=seq,
        lamport=number % 5,
        at=at,
        observed_at=min(at + late, 40 * MINUTE),
        written_at=0,
        kind=kind or draw(st.sampled_from(_KINDS)),
        text=draw(st.sampled_from(["", "deployed v42", "\x1b[31mred", "x" * 10_000])),
        data=draw(st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=6)),
    )


made = st.lists(_event(), unique_by=lambda event: event.id)
