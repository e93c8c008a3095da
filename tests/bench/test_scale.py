"""Memory does not grow with the rows of an import: a few slices take no more than one."""

from bench.scale import measure
from cockpit.observe.importer import ImportRequest

SLICE_ROWS = ImportRequest.slice_rows


def test_three_slices_of_rows_take_no_more_memory_than_one(tmp_path):
    (one := tmp_path / "one").mkdir()
    (three := tmp_path / "three").mkdir()
    small, large = measure(SLICE_ROWS, one), measure(3 * SLICE_ROWS, three)
    assert large["peak_mb"] < 1.15 * small["peak_mb"]
    assert large["peak_mb"] < 1_500
    assert large["processor"] < 3 * small["processor"]
