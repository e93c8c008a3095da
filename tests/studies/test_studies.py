"""Each study runs, and its page holds figures; how large they are is what the study tells."""

from __future__ import annotations

from importlib import import_module

import pytest

from studies import peeking
from studies.__main__ import main, names


def test_a_tiny_run_of_peeking_fills_its_tables():
    page = peeking.run(runs=3, hours=0.1)
    assert page.startswith("# Looking every second\n")
    for rule in peeking.RULES:
        assert f"| {rule} | " in page
    for heading in ("## Is it wrong now", "## Labels that come late", "## Means"):
        rows = page.partition(heading)[2].partition("##")[0].splitlines()
        assert len([row for row in rows if row.startswith("| ")]) >= 4
    assert "nan" not in page


def test_the_same_seed_gives_the_same_page():
    assert peeking.run(runs=2, hours=0.05) == peeking.run(runs=2, hours=0.05)


@pytest.mark.parametrize("name", names())
def test_every_study_says_what_it_is_and_can_be_run(name):
    study = import_module(f"studies.{name}")
    assert study.__doc__
    assert callable(study.run)


def test_a_study_that_does_not_exist_is_refused():
    with pytest.raises(SystemExit, match="there are"):
        main(["guessing"])
