"""What a table says as of T is what the rows and labels observed by T say, counted one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit.records import MINUTE, SECOND
from cockpit.tables import UNKNOWN
from cockpit.units import iso, parse_instant

START = parse_instant("2026-11-03T02:00:00Z")
MAP = """
service: s
time: t
bucket: 1m
score: p
threshold: 0.5
label: y
label_time: known
id: id
"""

predictions = st.lists(
    st.tuples(st.integers(0, 300 * SECOND), st.floats(0, 1)), min_size=1, max_size=12
)
labels = st.lists(
    st.tuples(st.integers(0, 11), st.integers(-60 * SECOND, 600 * SECOND), st.integers(0, 1)),
    max_size=25,
)


def bucket_end(at: int) -> int:
    return at - at % MINUTE + MINUTE


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=predictions, labels=labels, minutes=st.integers(0, 16))
def test_a_view_at_t_holds_what_was_observed_by_t(
    import_rows: Callable[..., Any],
    rows: list[tuple[int, float]],
    labels: list[tuple[int, int, int]],
    minutes: int,
) -> None:
    imported = import_rows(
        [{"t": iso(START + at), "p": repr(p), "id": i} for i, (at, p) in enumerate(rows)],
        MAP,
        labels=[{"id": i, "y": y, "known": iso(START + at)} for i, at, y in labels]
        or [{"id": "", "y": "", "known": ""}],
    )
    as_of = START + minutes * MINUTE
    expected: Counter[tuple[int, int]] = Counter()
    for i, (at, p) in enumerate(rows):
        if bucket_end(START + at) > as_of:
            continue
        mine = sorted((known, y) for j, known, y in labels if j == i)
        seen = [y for known, y in mine if bucket_end(START + max(known, at)) <= as_of]
        expected[int(p >= 0.5), seen[-1] if seen else UNKNOWN] += 1
    found: Counter[tuple[int, int]] = Counter()
    for row in imported.rows("score", as_of):
        found[row["decision"], row["label"]] += row["n"]
    assert found == expected


def test_traffic_is_seen_each_second_and_scores_each_minute(
    import_rows: Callable[..., Any],
) -> None:
    imported = import_rows(
        [{"t": iso(START + 5 * SECOND), "p": 0.5, "id": 1, "y": 1}],
        """
service: s
time: t
score: p
label: y
""",
    )
    assert imported.total("traffic", START + 5 * SECOND) == 0
    assert imported.total("traffic", START + 6 * SECOND) == 1
    assert imported.total("score", START + 59 * SECOND) == 0
    assert imported.total("score", START + MINUTE, label=1) == 1


def test_a_delay_makes_labels_known_later(import_rows: Callable[..., Any]) -> None:
    imported = import_rows(
        [{"t": iso(START), "p": 0.5, "y": 1}],
        "service: s\ntime: t\nscore: p\nlabel: y\nlabel_delay: 30m\n",
    )
    assert imported.total("score", START + 30 * MINUTE, label=UNKNOWN) == 1
    assert imported.total("score", START + 31 * MINUTE, label=1) == 1


@pytest.mark.parametrize(
    ("label_rows", "reason"),
    [
        ([{"id": 1, "y": 1, "known": iso(START)}, {"id": 9, "y": 1, "known": iso(START)}],
         "for a prediction that is not there"),
        ([{"id": 1, "y": 1, "known": iso(START)}, {"id": 1, "y": 1, "known": iso(START + MINUTE)}],
         "said again what was known"),
        ([{"id": 1, "y": 1, "known": iso(START)}, {"id": 1, "y": 3, "known": iso(START)}],
         "neither 0 nor 1"),
        ([{"id": 1, "y": 1, "known": iso(START)}, {"id": 2, "y": 1, "known": "soon"}], "no time"),
        ([{"id": 1, "y": 1, "known": iso(START)}, {"id": 2, "y": 1, "known": "9999-12-31"}],
         "known later than labels may be"),
    ],
)  # fmt: skip
def test_labels_that_cannot_be_used_are_counted(
    import_rows: Callable[..., Any], label_rows: list[dict[str, Any]], reason: str
) -> None:
    rows = [{"t": iso(START), "p": 0.5, "id": i} for i in (1, 2)]
    imported = import_rows(rows, MAP, labels=label_rows)
    assert imported.report.labels_unused == {reason: 1}
    assert imported.report.labels_used == 1
    assert imported.total("score", label=1) == 1


def test_labels_that_contradict_each_other_without_times_are_not_used(
    import_rows: Callable[..., Any],
) -> None:
    mapping = "service: s\ntime: t\nscore: p\nlabel: y\nid: id\n"
    rows = [{"t": iso(START), "p": 0.5, "id": i} for i in (1, 2)]
    given = [{"id": 1, "y": 1}, {"id": 1, "y": 0}, {"id": 2, "y": 0}]
    imported = import_rows(rows, mapping, labels=given)
    assert imported.total("score", label=UNKNOWN) == 1
    assert imported.total("score", label=0) == 1
    assert sum(imported.report.labels_unused.values()) == 2


def test_labels_exist_only_for_some_decisions(import_rows: Callable[..., Any]) -> None:
    mapping = (
        "service: s\ntime: t\nscore: p\nthreshold: 0.5\nlabel: y\nlabels_only_when: decision=0"
    )
    rows = [{"t": iso(START), "p": p, "y": 0} for p in (0.1, 0.2, 0.9)]
    imported = import_rows(rows, mapping)
    assert imported.total("score", label=0) == 2
    assert imported.total("score", label=UNKNOWN, decision=1) == 1
    assert imported.report.labels_unused == {"outside labels_only_when": 1}


def test_rows_that_share_an_id_share_its_label_and_are_counted(
    import_rows: Callable[..., Any],
) -> None:
    rows = [{"t": iso(START), "p": 0.5, "id": i} for i in (1, 1, 2)]
    given = [{"id": 1, "y": 1, "known": iso(START)}, {"id": 2, "y": 0, "known": iso(START)}]
    imported = import_rows(rows, MAP, labels=given)
    assert imported.total("score", label=1) == 2
    assert imported.report.incomplete == {"id that another row has as well": 1}
    assert "labels: 2 read, 3 given to rows" in imported.report.lines()
