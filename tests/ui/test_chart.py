"""Charts: as large as asked, still while time goes on, and a scale that does not jump."""

from hypothesis import given
from hypothesis import strategies as st

from cockpit.ui.chart import Scale, columns, draw
from cockpit.views import Chart

VALUES = st.floats(-1e6, 1e6, allow_nan=False)
POINTS = st.lists(st.one_of(st.none(), VALUES), min_size=0, max_size=200)


def chart(points, start=0, step=1_000_000, threshold=None):
    return Chart(
        name="c", title="c", unit="ms", step=step, start=start, points=points, threshold=threshold
    )


@given(POINTS, st.integers(2, 60), st.integers(1, 6))
def test_a_chart_has_exactly_its_cells(points, cells, rows):
    drawn = draw(chart(points), cells, rows, Scale())
    assert [len(row) for row in drawn] == [cells] * rows
    assert all(c == " " or 0x2800 < ord(c) <= 0x28FF for row in drawn for c in row)


@given(st.lists(VALUES, min_size=40, max_size=80), st.integers(4, 15))
def test_columns_keep_their_values_as_the_window_slides(points, cells):
    """All columns but the first and the one still filling are the same, or moved by whole cells."""
    before = columns(chart(points), cells)
    after = columns(chart([*points[1:], 0.0], start=1_000_000), cells)

    def still(by):
        kept = list(zip(before[by:-2], after, strict=False))
        return all(old == new for old, new in kept if old is not None and new is not None)

    assert still(0) or still(2)
    assert sum(value is not None for value in after) >= cells


@given(st.lists(VALUES, min_size=1, max_size=50))
def test_the_scale_holds_every_point(values):
    scale = Scale()
    for value in values:
        low, high = scale.include([value])
        assert low <= value <= high


@given(VALUES, st.floats(1, 1e3))
def test_the_scale_stays_while_points_move_inside_it(middle, spread):
    scale = Scale()
    first = scale.include([middle - spread, middle + spread])
    assert scale.include([middle - 0.9 * spread, middle + 0.9 * spread]) == first


def test_a_chart_without_points_is_blank():
    assert draw(chart([None, None]), 5, 2, Scale()) == ["     ", "     "]
