"""What cannot be counted by an engine is said in one line, and leaves no file and no password."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from cockpit.config.engine_url import check_url
from cockpit.observe.engine.connect import Engine, connect
from cockpit.observe.engine.dialects import CLICKHOUSE
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.records import BadInput, Unreachable
from tests.observe.conftest import Imported

MAP = """
service: shop
time: time
score: score
version: v1
features: {{numeric: [basket]}}
ibis: {url}
table: {table}
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "log.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE predictions AS SELECT i / 1000 AS score, i % 7 AS basket,"
            " TIMESTAMP '2024-03-05' + INTERVAL (i) SECOND AS time FROM range(1000) t(i)"
        )
        connection.execute(
            "CREATE TABLE words AS SELECT 'now' AS time, '0.5' AS score, 1 AS basket"
        )
    return path


def imported(folder: Path, url: str, table: str = "predictions", extra: str = "") -> Imported:
    (folder / "map.yaml").write_text(MAP.format(url=url, table=table) + extra)
    request = ImportRequest(map=folder / "map.yaml", output=folder / "out.incident")
    return Imported(request.output, import_incident(request))


def test_a_table_of_a_duckdb_file_is_counted_and_left_alone(tmp_path: Path, database: Path) -> None:
    before = database.read_bytes()
    found = imported(tmp_path, f"duckdb://{database}")
    assert found.total("traffic", kind="") == found.total("score") == found.report.used == 1000
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "table", "extra", "said"),
    [
        ("postgres://host/db", "predictions", "", "map.yaml:7: ibis: 'postgres://' is no engine"),
        ("duckdb:///nowhere.db", "predictions", "", "no such file"),
        ("duckdb://{database}", "prediction", "", "did you mean 'predictions'"),
        ("duckdb://{database}", "gone.predictions", "", "map.yaml:8: duckdb://"),
        ("duckdb://{database}", "''", "", "table: missing"),
        ("duckdb://{database}", "words", "", "column 'time' (map.yaml:3) is string; it must be a"),
        ("duckdb://{database}", "predictions", "label: sold\n", "column 'sold' (map.yaml"),
        ("duckdb://{database}", "predictions", "reference: r.csv\n", "r.csv: a file beside tables"),
        ("clickhouse://u:hunter2@h/d", "predictions", "", "does not belong in a file"),
        ("clickhouse://h/d?password=hunter2", "predictions", "", "does not belong in a file"),
        ("clickhouse://u:12/hunter2@h/d", "predictions", "", "'clickhouse://…' is no URL"),
        ("clickhouse://u:hunter2/3@h/d", "predictions", "", "'clickhouse://…' is no URL"),
        ("clickhouse://u:${{NOT_SET}}@h/d", "predictions", "", "no variable NOT_SET"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, database: Path, url: str, table: str, extra: str, said: str
) -> None:
    with pytest.raises(BadInput) as error:
        imported(tmp_path, url.format(database=database), table, extra)
    assert said in str(error.value)
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.incident").exists()


def test_without_predictions_or_tables_there_is_nothing_to_import(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("service: shop\ntime: time\n")
    request = ImportRequest(map=tmp_path / "map.yaml", output=tmp_path / "out.incident")
    with pytest.raises(BadInput, match="no predictions: give --predictions FILE"):
        import_incident(request)


def test_an_engine_that_does_not_answer_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(url: str) -> None:
        raise ConnectionError(f"{url}: connection refused for hunter 2")

    monkeypatch.setenv("CLICKHOUSE_PASSWORD", "hunter 2")
    monkeypatch.setattr("ibis.connect", refuse)
    with pytest.raises(Unreachable, match=r"map.yaml:7: clickhouse://host: cannot be") as error:
        imported(tmp_path, "clickhouse://reader:${CLICKHOUSE_PASSWORD}@host/db")
    assert "hunter" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["map.yaml"]


def test_what_an_engine_says_later_holds_no_password_either() -> None:
    engine = Engine("clickhouse://host", CLICKHOUSE, None, secrets=("hunter2",))
    with pytest.raises(BadInput) as error, engine.errors():
        raise RuntimeError("reader:hunter2 may not read\nthis")
    assert str(error.value) == "clickhouse://host: reader:… may not read"


@pytest.mark.parametrize("in_config", [False, True])
def test_a_password_is_refused_where_the_engine_is_not_asked_too(
    tmp_path: Path, in_config: bool
) -> None:
    """Map and configuration are kept in the incident file, whatever is counted."""
    ibis = "ibis: clickhouse://reader:hunter2@host/db"
    (tmp_path / "p.csv").write_text("time,score\n2026-11-03T02:00:00Z,0.5\n")
    (tmp_path / "map.yaml").write_text(
        f"service: shop\ntime: time\n{'' if in_config else ibis}\nscore: score\n"
    )
    (tmp_path / "cockpit.yaml").write_text(
        f"sources:\n  predictions:\n    {ibis if in_config else 'time: time'}\n"
    )
    request = ImportRequest(
        predictions=tmp_path / "p.csv",
        map=tmp_path / "map.yaml",
        config=tmp_path / "cockpit.yaml",
        output=tmp_path / "out.incident",
    )
    with pytest.raises(BadInput, match=r"yaml:3: .*ibis: a password does not belong") as error:
        import_incident(request)
    assert "hunter2" not in str(error.value)
    assert not request.output.exists()


def test_a_file_that_is_no_database_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "words.db").write_text("no database")
    with pytest.raises(Unreachable, match="not a valid DuckDB database"):
        connect(f"duckdb://{tmp_path}/words.db")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    "table", ["a.b", "warm.rows", "piece", 'no";DROP TABLE predictions;--', "ta'b{le} ü.\n"]
)
def test_tables_and_columns_may_be_called_anything(
    tmp_path: Path, database: Path, table: str
) -> None:
    quoted = '"' + table.replace('"', '""') + '"'
    if table == "warm.rows":
        quoted = table
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE SCHEMA warm")
        connection.execute(
            f"""CREATE TABLE {quoted} AS SELECT time AS "ti""me;--", score AS "sc'ore.{{0}}","""
            " ['x', '\"; DROP TABLE predictions; --'][basket % 2 + 1] AS \"re\ngion\""
            " FROM predictions"
        )
    mapping = {
        "service": "shop",
        "time": 'ti"me;--',
        "score": "sc'ore.{0}",
        "segments": ["re\ngion"],
        "ibis": f"duckdb://{database}",
        "table": table,
    }
    (tmp_path / "map.yaml").write_text(json.dumps(mapping))
    request = ImportRequest(
        map=tmp_path / "map.yaml", output=tmp_path / "out.incident", slice_rows=300
    )
    found = Imported(request.output, import_incident(request))
    assert found.total("score") == found.total("score_by_segment") == 1000
    values = {row["value"] for row in found.rows("score_by_segment")}
    assert values == {"x", '"; DROP TABLE predictions; --'}


def test_columns_that_differ_in_case_alone_are_told_apart(tmp_path: Path) -> None:
    times = [1_700_000_000 + i for i in range(100)]
    rows = pa.table({"time": times, "Score": [7.0] * 100, "score": [0.5] * 100})
    parquet.write_table(rows, tmp_path / "p.parquet")
    (tmp_path / "map.yaml").write_text("service: shop\ntime: time\nscore: score\n")
    request = ImportRequest(
        predictions=tmp_path / "p.parquet",
        map=tmp_path / "map.yaml",
        output=tmp_path / "out.incident",
        engine_rows=0,
    )
    found = Imported(request.output, import_incident(request))
    assert found.total("score") == 100


def test_a_password_stands_in_the_environment_alone() -> None:
    check_url("clickhouse://reader:${CLICKHOUSE_PASSWORD}@host/db")
    check_url("clickhouse://reader@host/db")
    with pytest.raises(BadInput):
        check_url("clickhouse://reader:half${CLICKHOUSE_PASSWORD}@host/db")
