"""Engines by URL: duckdb:///path.db, clickhouse://host/database, pyspark://local."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

import ibis
import pyarrow as pa

from cockpit.observe.engine.dialects import CLICKHOUSE, DUCKDB, SPARK
from cockpit.observe.engine.url import filled, shown
from cockpit.records import BadInput, Unreachable
from cockpit.text import inert
from cockpit.yamlfile import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import ibis.expr.types as ir

SCHEMES = {"duckdb": DUCKDB, "clickhouse": CLICKHOUSE, "pyspark": SPARK, "spark": SPARK}
_EXTRAS = {DUCKDB: "", CLICKHOUSE: "[clickhouse]", SPARK: "[spark]"}
# Rows of one slice live as long as the connection, and nobody else sees them.
_STORE = {
    DUCKDB: ("CREATE OR REPLACE TEMP TABLE {name} AS {sql}",),
    CLICKHOUSE: (
        "DROP TEMPORARY TABLE IF EXISTS {name}",
        "CREATE TEMPORARY TABLE {name} AS {sql}",
    ),
    SPARK: ("DROP VIEW IF EXISTS {name}", "CACHE TABLE {name} AS {sql}"),
}
_MEMORY = "600MB"  # DuckDB's own; what does not fit goes to a temporary folder


class Engine:
    """One connection: its tables as expressions, and queries that give Arrow tables."""

    def __init__(
        self, name: str, dialect: str, backend: Any, secrets: tuple[str, ...] = ()
    ) -> None:
        self.name = name  # as people may read it: no password
        self.dialect = dialect
        self.backend = backend
        self._secrets = secrets

    def table(self, name: str) -> ir.Table:
        """A table by name, or database.name. Raises BadInput where there is none."""
        database, table = "", name
        with self.errors():
            found = self._tables(database)
            if table not in found and "." in name:
                database, _, table = name.rpartition(".")
                found = self._tables(database)
            if table in found:
                rows: ir.Table = self.backend.table(table, database=database or None)
                return rows
        near = nearest(table, found) or f"tables are: {', '.join(sorted(found)[:20]) or 'none'}"
        raise BadInput(f"{self.name}: table '{inert(name)}' is not there; {inert(near)}")

    def _tables(self, database: str) -> list[str]:
        return list(self.backend.list_tables(database=database or None))

    def sql(self, expression: ir.Table) -> str:
        """The query of an expression in the engine's own words."""
        return str(self.backend.compile(expression))

    def fetch(self, sql: str, like: ir.Table) -> pa.Table:
        """The rows of a query, in the types of the expression it came from."""
        with self.errors():
            return typed(self._fetch(sql), like)

    def _fetch(self, sql: str) -> pa.Table:
        if self.dialect == CLICKHOUSE:
            return self.backend.con.query_arrow(sql)
        return self.backend.raw_sql(sql).toArrow()

    def ask(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return self.fetch(self.sql(expression), expression)

    def count(self, rows: ir.Table) -> int:
        """How many rows there are."""
        return int(self.ask(rows.aggregate(n=rows.count()))["n"][0].as_py())

    def hold(self, name: str, rows: ir.Table) -> ir.Table:
        """The rows of an expression as a table that the engine holds under a name."""
        self.store(name, self.sql(rows))
        return ibis.table(rows.schema(), name=name)

    def store(self, name: str, sql: str) -> None:
        """Hold the rows of a query under a name, in place of those that were held under it."""
        with self.errors():
            for statement in _STORE[self.dialect]:
                self._execute(statement.format(name=name, sql=sql))

    def _execute(self, statement: str) -> None:
        self.backend.raw_sql(statement)

    def close(self) -> None:
        """Let the connection go."""
        with self.errors():
            self.backend.disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """What goes wrong in the engine, in one line that holds no password."""
        try:
            yield
        except BadInput:
            raise
        except Exception as error:
            raise BadInput(f"{self.name}: {_said(error, self._secrets)}") from None


class DuckDB(Engine):
    """DuckDB in this process: it holds the rows of one slice, and spills what is too large."""

    def __init__(self, name: str, database: str = "", **options: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cockpit-duckdb-")
        settings = {
            "memory_limit": _MEMORY,
            "temp_directory": self._folder.name,
            "threads": os.cpu_count() or 1,
            "preserve_insertion_order": False,
            **options,
        }
        try:
            backend = ibis.duckdb.connect(database or ":memory:", **settings)
        except BaseException:
            self._folder.cleanup()
            raise
        super().__init__(name, DUCKDB, backend)
        self.backend.raw_sql("SET TimeZone = 'UTC'")
        self.backend.raw_sql("SET enable_progress_bar = false")

    def file(self, name: str, *paths: Path) -> ir.Table:
        """A Parquet file, or several with the same columns, as a table."""
        quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        with self.errors():
            self.backend.raw_sql(
                f"CREATE TEMP VIEW {name} AS SELECT * "
                f"FROM read_parquet([{quoted}], hive_partitioning = false)"
            )
            rows: ir.Table = self.backend.table(name)
        return rows

    def _tables(self, database: str) -> list[str]:
        # ibis 12 asks DuckDB 2 for its tables in a way that it no longer answers.
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = ?"
        found = self.backend.con.execute(query, [database or "main"]).fetchall()
        return [name for (name,) in found]

    def _fetch(self, sql: str) -> pa.Table:
        return self.backend.con.sql(sql).to_arrow_table()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._folder.cleanup()


def connect(url: str) -> Engine:
    """The engine of a URL. Raises BadInput for one that cannot be used, Unreachable without answer.

    Every ${NAME} is replaced by the environment's variable.
    """
    scheme = url.partition("://")[0]
    if scheme not in SCHEMES:
        near = nearest(scheme, SCHEMES) or f"there are: {', '.join(SCHEMES)}"
        raise BadInput(f"ibis: '{inert(scheme, 40)}://' is no engine known here; {near}")
    dialect, name = SCHEMES[scheme], shown(url)
    full, secrets = filled(url)
    try:
        if dialect == DUCKDB:
            return _duckdb(name, full)
        backend = _spark(full) if dialect == SPARK else ibis.connect(full)
        return Engine(name, dialect, backend, secrets)
    except BadInput:
        raise
    except ImportError:
        raise BadInput(
            f"{name}: its driver is not installed; install cockpit{_EXTRAS[dialect]}"
        ) from None
    except Exception as error:
        raise Unreachable(f"{name}: cannot be reached: {_said(error, secrets)}") from None


def _duckdb(name: str, url: str) -> DuckDB:
    parts = urlsplit(url)
    path = unquote(f"{parts.netloc}{parts.path}")
    if parts.path.startswith("//"):  # duckdb:////absolute
        path = path[1:]
    if not os.path.isfile(path):
        raise BadInput(f"{name}: no such file")
    return DuckDB(name, path, read_only=True)


def _spark(url: str) -> Any:
    from pyspark.sql import SparkSession

    master = urlsplit(url).netloc or "local"
    builder = SparkSession.builder.appName("cockpit").master(
        "local[*]" if master == "local" else f"spark://{master}"
    )
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    return ibis.pyspark.connect(session)


def _said(error: Exception, secrets: tuple[str, ...]) -> str:
    """The first line of an error, without secrets."""
    said = next(iter(str(error).strip().splitlines()), type(error).__name__)
    for secret in secrets:
        said = said.replace(secret, "…")
    return inert(said, 300)


def typed(found: pa.Table, like: ir.Table) -> pa.Table:
    """An engine's answer in the types that were asked for: some engines have no booleans."""
    schema = like.schema().to_pyarrow()
    return found.select(schema.names).cast(pa.schema([pa.field(f.name, f.type) for f in schema]))
