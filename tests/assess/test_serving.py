"""Who served, step by step: every request is in one step, and only what is asked for is counted."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.service.serving import ENOUGH, serving
from cockpit.incident.counts import empty
from cockpit.records import MINUTE, SECOND, Window
from tests.assess.building import table

HOUR = Window(start=0, end=60 * MINUTE)


@given(
    st.lists(
        st.tuples(st.integers(0, 3_599), st.sampled_from(["v41", "v42", "\x1b[31mv43"])),
        min_size=1,
        max_size=200,
    ),
    st.integers(0, 1_800),
)
def test_each_request_is_in_the_step_in_which_it_came(
    rows: list[tuple[int, str]], start: int
) -> None:
    seconds, versions = (np.array(column) for column in zip(*rows, strict=True))
    counts = table("traffic", valid=seconds * SECOND, version=versions, kind="")
    window = Window(start=start * SECOND, end=HOUR.end)
    found = serving(counts, window, 10 * SECOND)
    assert found.requests.shape == (len(found.versions), found.starts.size)
    assert all(v.isprintable() for v in found.versions)
    assert (np.diff(found.starts) == found.step).all()
    assert (found.starts % found.step == 0).all()
    inside = (seconds * SECOND >= found.starts[0]) & (
        seconds * SECOND < found.starts[-1] + found.step
    )
    assert found.total.sum() == inside.sum()
    assert found.of("v42").sum() == (inside & (versions == "v42")).sum()
    assert found.of("nobody").sum() == 0


def test_steps_are_longer_where_requests_are_few() -> None:
    for a_minute, step in ((3_000, 10 * SECOND), (60, 30 * SECOND), (12, 5 * MINUTE)):
        valid = np.repeat(np.arange(60) * MINUTE, a_minute)
        counts = table("traffic", valid=valid, version="v1", kind="")
        found = serving(counts, HOUR, 10 * SECOND)
        assert found.step == step
        assert found.total.sum() / found.starts.size >= ENOUGH


def test_errors_shadows_and_other_segments_are_not_counted() -> None:
    errors = table("traffic", valid=0, version="v1", kind=np.array(["", "timeout", ""]))
    assert serving(errors, HOUR, MINUTE).total.sum() == 2
    scores = table(
        "score_by_segment",
        valid=0,
        version="v1",
        role=np.array(["served", "served", "shadow"]),
        dimension="region",
        value=np.array(["BR", "DE", "BR"]),
    )
    assert serving(scores, HOUR, MINUTE, segment="region BR").total.sum() == 1
    assert serving(scores, HOUR, MINUTE, segment="region BR", shadow=True).total.sum() == 1
    assert serving(scores, HOUR, MINUTE, segment="region FR").total.sum() == 0


def test_no_time_has_no_steps() -> None:
    counts = empty("traffic", ("observed",))
    for window in (Window(start=5, end=5), HOUR):
        found = serving(counts, window, MINUTE)
        assert found.versions == ()
        assert found.total.sum() == 0
