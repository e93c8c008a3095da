"""The three ways from a file of rows to the figures of each minute tell the same."""

import numpy as np
import pytest

from bench import day_of_parquet as day


def test_figures_of_each_minute_are_the_same_three_ways(tmp_path, monkeypatch):
    monkeypatch.setattr(day, "ROWS", 400_000)
    path = tmp_path / "day.parquet"
    day._write(path)
    auc, low, high, f1, f1_low, f1_high, ece = day._ours(path)
    assert len(auc) == day.MINUTES
    assert (low < auc).all()
    assert (auc < high).all()
    assert (f1_low <= f1).all()
    assert (f1 <= f1_high).all()
    for theirs in (day._duckdb(path).sort_by("minute"), day._polars(path).sort("minute")):
        # By hand there are 1,024 equal bins: coarser near 0.
        assert np.asarray(theirs["auc"]) == pytest.approx(auc, abs=1e-3)
        assert np.asarray(theirs["f1"]) == pytest.approx(f1, abs=1e-12)
        assert np.asarray(theirs["ece"]) == pytest.approx(ece, abs=1e-12)
