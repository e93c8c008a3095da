"""What cannot be counted by an engine is said in one line, and leaves no file and no password."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from cockpit.observe.engine.connect import check_url, connect
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
        ("duckdb://{database}", "''", "", "table: missing"),
        ("duckdb://{database}", "words", "", "column 'time' is string; it must be a timestamp"),
        ("duckdb://{database}", "predictions", "label: sold\n", "column 'sold' (map.yaml"),
        ("duckdb://{database}", "predictions", "reference: r.csv\n", "r.csv: a file beside tables"),
        ("clickhouse://u:hunter2@h/d", "predictions", "", "does not belong in a file"),
        ("clickhouse://h/d?password=hunter2", "predictions", "", "does not belong in a file"),
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
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(url: str) -> None:
        raise ConnectionError(f"{url}: connection refused")

    monkeypatch.setenv("CLICKHOUSE_PASSWORD", "hunter2")
    monkeypatch.setattr("ibis.connect", refuse)
    with pytest.raises(Unreachable, match=r"clickhouse://host: cannot be reached") as error:
        connect("clickhouse://reader:${CLICKHOUSE_PASSWORD}@host/db")
    assert "hunter2" not in str(error.value)


def test_a_password_stands_in_the_environment_alone() -> None:
    check_url("clickhouse://reader:${CLICKHOUSE_PASSWORD}@host/db")
    check_url("clickhouse://reader@host/db")
    with pytest.raises(BadInput):
        check_url("clickhouse://reader:half${CLICKHOUSE_PASSWORD}@host/db")
