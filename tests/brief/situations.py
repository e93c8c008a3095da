"""Views in every state an incident can be in, and views whose every text is hostile."""

from __future__ import annotations

import typing
from typing import Any

import msgspec
from hypothesis import strategies as st

from cockpit.brief.knowledge import knowledge
from cockpit.config import Config
from cockpit.records import MINUTE
from cockpit.views import PHASES, Ask, Choice, Phase, View
from tests.brief.sample_view import AT, CHOICE, CONFIG, EXEC_ASK, ONSET, VIEW, quiet

changed = msgspec.structs.replace

CHOICES: list[Choice | None] = [
    None,
    CHOICE,
    changed(CHOICE, option="rollback", label="rollback to v41", reason=""),
    *(
        changed(CHOICE, executed_at=AT - MINUTE, due=AT + MINUTE, effect=effect)
        for effect in ("watching", "seen", "not seen in time")
    ),
]


def with_knowledge(view: View, config: Config = CONFIG) -> View:
    """The view with what is known in its phase, as a session would fill it."""
    return changed(view, knowledge=known_in(view.status.phase, view, config))


def known_in(phase: Phase, view: View, config: Config = CONFIG) -> Any:
    """What is known, not known and next in a phase of the view."""
    return knowledge(
        phase,
        impact=view.impact,
        status=view.status,
        model=view.model,
        infra=view.infra,
        options=view.options,
        choice=view.choice,
        checklist=view.checklist,
        asks=view.asks,
        config=config,
        at=view.at,
    )


@st.composite
def views(draw: st.DrawFn) -> View:
    """An incident anywhere between the first sign and the postmortem."""
    base = draw(st.sampled_from([VIEW, quiet(AT)]))

    def none_or_given(value: Any) -> Any:
        return draw(st.sampled_from([None, value]))

    status = changed(
        base.status,
        phase=draw(st.sampled_from(PHASES)),
        severity=draw(st.sampled_from(["", "SEV0", "SEV2", "SEV4"])),
        confirmed=draw(st.booleans()),
        safety=draw(st.sampled_from(["", "safety", "privacy", "data loss"])),
        onset=none_or_given(ONSET),
        paged_at=none_or_given(ONSET + MINUTE),
        update_due=draw(st.sampled_from([None, AT - MINUTE, AT + MINUTE])),
    )
    impact = changed(
        base.impact,
        share=none_or_given(draw(st.floats(0.0, 1.0))),
        affected=none_or_given(draw(st.integers(0, 10**9))),
        segment=none_or_given("region BR"),
        since=none_or_given(ONSET),
        wrong_one_in=none_or_given(draw(st.floats(1.0, 1e6))),
        trend=draw(st.sampled_from(["", "getting worse", "steady", "getting better"])),
        unlabelled_share=none_or_given(draw(st.floats(0.0, 1.0))),
        of=draw(st.sampled_from(["users", "requests"])),
    )
    asks: list[Ask] = draw(st.lists(st.sampled_from([*VIEW.asks, EXEC_ASK]), unique_by=id))
    return with_knowledge(
        changed(
            base,
            status=status,
            impact=impact,
            choice=draw(st.sampled_from(CHOICES)),
            asks=[
                changed(a, state=draw(st.sampled_from(["open", "overdue", "answered"])))
                for a in asks
            ],
        )
    )


def spoiled(value: Any, text: str) -> Any:
    """A record with every free text in it, at any depth, replaced by `text`."""
    if isinstance(value, list | tuple):
        return type(value)(spoiled(item, text) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    hints = typing.get_type_hints(type(value))
    return changed(
        value,
        **{
            name: _spoiled_field(getattr(value, name), hints[name], text)
            for name in value.__struct_fields__
        },
    )


def _spoiled_field(value: Any, hint: Any, text: str) -> Any:
    if value is None:
        return None
    if hint is str or hint == str | None:
        return text
    if hint == list[str]:
        return [text for _ in value]
    return spoiled(value, text)
