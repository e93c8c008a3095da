"""The benchmarks' table: made anew between its markers, and nothing else touched."""

from importlib import import_module

import pytest

from bench import page
from bench.__main__ import ALL
from bench.figures import Figure, percentile

FIGURES = [
    Figure("paint", "1 ms", "bare: 1 ms", "≤ 2 ×", True),
    Figure("rows", "9/s", "plain: 10/s"),
]


@pytest.fixture
def written(tmp_path, monkeypatch):
    path = tmp_path / "performance.md"
    path.write_text(f"before\n{page.BEGIN}\nold figures\n{page.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", path)
    page.write(FIGURES)
    return path.read_text(encoding="utf-8")


def test_words_around_the_table_are_kept(written):
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "old figures" not in written


def test_each_figure_is_a_row_with_its_reference_and_verdict(written):
    assert "| paint | 1 ms | bare: 1 ms | ≤ 2 × | met |" in written
    assert "| rows | 9/s | plain: 10/s |  |  |" in written


def test_writing_again_changes_nothing(written):
    page.write(FIGURES)
    assert page.PAGE.read_text(encoding="utf-8") == written


def test_the_page_has_its_markers():
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.count(page.BEGIN) == text.count(page.END) == 1


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 2), (0.95, 3), (1.0, 3)])
def test_percentile_is_one_of_the_values(share, expected):
    assert percentile([3, 1, 2], share) == expected


@pytest.mark.parametrize("name", ALL)
def test_every_benchmark_can_be_run(name):
    assert callable(import_module(f"bench.{name}").measure)
