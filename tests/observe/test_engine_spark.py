"""Spark counts as rows are read. It is too large to install for every run of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.observe.engine import opening
from cockpit.observe.engine.connect import Engine, connect
from tests.observe.test_engine import APART, LABELS, MAP, NEVER, Files, awkward, corrections, same


@pytest.mark.spark
@pytest.mark.parametrize("labels", [LABELS["known at a time"], APART["corrected"]])
def test_spark_counts_as_rows_are_read(
    tmp_path: Path, labels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install pyspark")
    files = Files(tmp_path)
    given = {"predictions": files.put("p.parquet", awkward(8, 600))}
    apart = labels == APART["corrected"]
    if apart:
        given["labels"] = files.put("l.parquet", corrections(8))
    by_row = files.run(MAP + labels, **given, engine_rows=NEVER)

    def with_views(url: str) -> Engine:
        engine = connect(url)
        for name, path in given.items():
            engine.backend.raw_sql(
                f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT * FROM parquet.`{path}`"
            )
        return engine

    monkeypatch.setattr(opening, "connect", with_views)
    named = "ibis: pyspark://local\ntable: predictions\n"
    in_table = labels.replace("{column", "{table: labels, column") if apart else labels
    assert same(by_row, files.run(MAP + in_table + named))
