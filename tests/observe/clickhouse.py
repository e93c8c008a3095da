"""ClickHouse in this process (chdb), as an engine that counts."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow as pa
from chdb.session import Session
from ibis.backends.sql.compilers.clickhouse import ClickHouseCompiler
from ibis.expr import types as ir
from pyarrow import parquet

from cockpit.observe.engine.connect import Engine
from cockpit.observe.engine.dialects import CLICKHOUSE


class Chdb(Engine):
    """Tables are Parquet files; the queries are those that a server would be sent."""

    def __init__(self) -> None:
        super().__init__("clickhouse", CLICKHOUSE, None)
        self._session = Session()
        self._made: dict[str, ir.Table] = {}

    def file(self, name: str, path: Path) -> ir.Table:
        self._session.query(f"CREATE VIEW {name} AS SELECT * FROM file('{path}', Parquet)")
        schema = ibis.Schema.from_pyarrow(parquet.read_schema(path))
        self._made[name] = ibis.table(schema, name=name)
        return self._made[name]

    def table(self, name: str) -> ir.Table:
        return self._made[name]

    def sql(self, expression: ir.Table) -> str:
        return ClickHouseCompiler().to_sqlglot(expression).sql(dialect="clickhouse")

    def _fetch(self, sql: str) -> pa.Table:
        answer = self._session.query(sql, "ArrowStream")
        return pa.ipc.open_stream(answer.bytes()).read_all()

    def store(self, name: str, sql: str) -> None:
        # A session of chdb has no temporary tables.
        self._session.query(f"DROP TABLE IF EXISTS {name}")
        self._session.query(f"CREATE TABLE {name} ENGINE = Memory AS {sql}")

    def close(self) -> None:
        for name in self._made:
            self._session.query(f"DROP VIEW {name}")
        self._session.close()
