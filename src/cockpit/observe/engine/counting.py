"""The reading half of an import where an engine counts: the same tables as `observe.reading` makes.

A survey says which values there are and when rows were observed; then each slice is counted and
becomes chunks that are complete, in order, before the next one is begun.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.observe.counting import Words, chunks
from cockpit.observe.engine.columns import event_time, label_time, text
from cockpit.observe.engine.decoding import Decoding, Segmenting
from cockpit.observe.engine.dialects import SPARK
from cockpit.observe.engine.exact import start_of, whole
from cockpit.observe.engine.expressions import importance_expression
from cockpit.observe.engine.labelling import contradicted, label_moves, without_repeats
from cockpit.observe.engine.pieces import Source
from cockpit.observe.engine.query import Query, sums_of, tell
from cockpit.observe.engine.results import add_importance
from cockpit.observe.engine.slices import Bounded, Marks, Slice, plan, unit_of
from cockpit.observe.features import FrozenFeature, freeze, usable_features
from cockpit.observe.importance import Importance
from cockpit.observe.reading import Counted
from cockpit.observe.report import UNTIMED, ImportReport, count
from cockpit.observe.rows import Rows
from cockpit.observe.survey import MOST_VALUES, Survey
from cockpit.observe.values import YEAR_1, coded
from cockpit.tables import ABSENT, OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir
    import pyarrow as pa

    from cockpit.observe.engine.connect import Engine
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Progress
    from cockpit.records import Counts


@dataclass(frozen=True)
class EngineTables:
    """What is counted: an engine, and its tables of rows."""

    engine: Engine
    name: str
    predictions: ir.Table
    reference: ir.Table | None = None
    labels: ir.Table | None = None

    def names(self) -> tuple[Rows, Rows | None, Rows | None]:
        """What predictions, reference and labels are called, and their columns."""
        return (
            Rows(self.name, list(self.predictions.columns)),
            None if self.reference is None else Rows("reference", list(self.reference.columns)),
            None if self.labels is None else Rows("labels", list(self.labels.columns)),
        )


class EngineCounting:
    """One counting of an engine's rows, a slice at a time."""

    def __init__(
        self,
        mapping: Mapping,
        tables: EngineTables,
        report: ImportReport,
        progress: Progress | None,
        slice_rows: int,
    ) -> None:
        self._map = mapping
        self._tables = tables
        self._engine = tables.engine
        self._report = report
        self._progress = progress
        self._slice_rows = slice_rows
        self._words = Words()

    def run(self, user_key: bytes) -> Counted:
        """Survey everything; `chunks` of the answer count when they are asked for."""
        survey = Survey(self._map)
        found = {d: self._values(survey, d) for d in self._map.dimensions}
        observed, unit = self._times(survey)
        features = self._features(survey)
        segments = {
            d: _segmenting(values, survey.top_values(d)) for d, values in found.items() if values
        }
        predictions = self._tables.predictions
        decoding = Decoding(
            mapping=self._map,
            dialect=self._engine.dialect,
            available=frozenset(predictions.columns),
            segments=segments,
            features=features,
            user_key=user_key.hex(),
            labels_apart=self._tables.labels is not None,
        )
        marks = Marks()
        dialect = self._engine.dialect
        source = Source(
            predictions,
            decoding,
            marks,
            times=Bounded(self._map.time or "", dialect, marks, unit),
            known=self._known(observed, decoding, marks),
            moves=self._moves(observed, decoding),
        )
        slices = plan(observed, self._map.bucket, self._slice_rows)
        reference, importance = self._count_reference(replace(decoding, user_key=""))
        return Counted(self._chunks(source, slices), reference, features, importance)

    # --- the survey --------------------------------------------------------------------------

    def _values(self, survey: Survey, dimension: str) -> list[pa.Table]:
        """The values of a dimension in predictions and reference, each with its rows, `n`."""
        found = []
        for rows in (self._tables.predictions, self._tables.reference):
            if rows is not None and dimension in rows.columns:
                expression = rows.group_by(value=rows[dimension]).aggregate(n=rows.count())
                values = self._engine.ask(expression.limit(MOST_VALUES + 1))
                survey.met(dimension, *(values[c].combine_chunks() for c in ("value", "n")))
                found.append(values)
        return found

    def _times(self, survey: Survey) -> tuple[Counter[int], tuple[int, int] | None]:
        """{bucket: rows observed}, events for now, and the unit of times that are integers."""
        rows, time = self._tables.predictions, self._map.time or ""
        dated = rows.select(at=event_time(rows[time], self._engine.dialect))
        happened = self._histogram(dated, "at")
        survey.happened(happened)
        self._report.used = sum(happened.values())
        total = self._engine.count(rows)
        self._report.rows += total
        count(self._report.dropped, UNTIMED, total - self._report.used)
        self._report.require_used(self._tables.name)
        type_ = rows[time].type()
        zone = getattr(type_, "timezone", None)
        if type_.is_timestamp() and zone is None and self._engine.dialect != SPARK:
            # ibis names no zone for Spark's timestamps, which are instants
            self._report.note("times without a zone were read as UTC")
        return happened, self._unit(rows, time)

    def _unit(self, rows: ir.Table, column: str) -> tuple[int, int] | None:
        if rows[column].type().is_timestamp():
            return None
        raw = rows[column].cast("float64")
        (span,) = self._engine.ask(rows.aggregate(least=raw.min(), most=raw.max())).to_pylist()
        return None if span["least"] is None else unit_of(span["least"], span["most"])

    def _histogram(self, rows: ir.Table, column: str) -> Counter[int]:
        """{start of a slow bucket: rows}."""
        start = start_of(rows[column], self._map.bucket, YEAR_1)
        buckets = rows.filter(rows[column].notnull()).select(bucket=start)
        found = self._engine.ask(buckets.group_by("bucket").aggregate(n=buckets.count()))
        return Counter(dict(zip(found["bucket"].to_pylist(), found["n"].to_pylist(), strict=True)))

    def _known(self, observed: Counter[int], decoding: Decoding, marks: Marks) -> Bounded | None:
        """When labels beside the rows are known; `observed` gains them."""
        rows, known = self._tables.predictions, self._map.label_time
        if decoding.at_once or decoding.labels_apart or not decoding.has(self._map.label):
            return None
        if not decoding.timed or known is None:
            self._delay(observed)
            return None
        dated = rows.select(at=label_time(rows[known], self._engine.dialect))
        observed.update(self._histogram(dated, "at"))
        return Bounded(known, self._engine.dialect, marks, self._unit(rows, known))

    def _delay(self, observed: Counter[int]) -> None:
        """Labels are observed a fixed time after their events."""
        bucket, delay = self._map.bucket, self._map.label_delay or 0
        for start, rows in list(observed.items()):
            later = (start + delay) // bucket * bucket
            observed[later] += rows
            observed[later + bucket] += 0  # a delay that is no whole number of buckets

    # --- features ----------------------------------------------------------------------------

    def _features(self, survey: Survey) -> list[FrozenFeature]:
        tables = self._tables
        columns = tables.reference.columns if tables.reference is not None else None
        wanted = usable_features(self._map, tables.predictions.columns, columns)
        if not wanted:
            return []
        rows = tables.predictions if tables.reference is None else tables.reference
        if tables.reference is None:
            end = survey.early_end() or 0
            self._report.note_early_bins(end)
            at = event_time(rows[self._map.time or ""], self._engine.dialect)
            rows = rows.filter(at < whole(end))
        for name, kind in wanted.items():
            if kind == "auto" and rows[name].type().is_string():
                wanted[name] = "categorical"
        found = self._engine.ask(rows.select(*wanted))
        return freeze(found.to_batches(), wanted, self._report)

    # --- labels of a table of their own ------------------------------------------------------

    def _moves(self, observed: Counter[int], decoding: Decoding) -> ir.Table | None:
        """Every change of a label, that has a prediction or not; `observed` gains them."""
        labels = self._tables.labels
        if labels is None:
            return None
        found = label_moves(labels, decoding)
        told = self._engine.ask(sums_of(found.read.rows, found.read.told))
        self._report.labels = told["new"][0].as_py()
        tell(told, found.read.told, self._report)
        held = self._engine.hold("cockpit_label_moves", found.moves)
        moves = without_repeats(held)
        unused = self._report.labels_unused
        count(
            unused,
            "said again what was known",
            self._engine.count(held) - self._engine.count(moves),
        )
        if not decoding.timed:
            twice = contradicted(moves)
            many = self._engine.ask(twice.aggregate(n=twice.many.sum().coalesce(0).cast("int64")))
            reason = "contradict each other, and no time says which came last"
            count(unused, reason, many["n"][0].as_py())
            moves = moves.anti_join(twice, "id")
        self._match(moves)
        if decoding.timed:
            observed.update(self._histogram(moves.select(at=moves.known), "at"))
        elif not decoding.at_once:
            self._delay(observed)
        return moves

    def _match(self, moves: ir.Table) -> None:
        """Count labels that no row asks for, and rows that share one."""
        rows = self._tables.predictions
        dated = rows.select(
            id=text(rows[self._map.settings.id]),
            at=event_time(rows[self._map.time or ""], self._engine.dialect),
        )
        dated = dated.filter(dated.at.notnull(), dated.id.notnull())
        unmatched = self._engine.count(moves.anti_join(dated, "id"))
        count(self._report.labels_unused, "for a prediction that is not there", unmatched)
        asked = dated.semi_join(moves, "id")
        found = self._engine.ask(asked.aggregate(n=asked.count(), ids=asked.id.nunique()))
        repeated = found["n"][0].as_py() - found["ids"][0].as_py()
        count(self._report.incomplete, "id that another row has as well", repeated)

    # --- counting ----------------------------------------------------------------------------

    def _chunks(self, source: Source, slices: list[Slice]) -> Iterator[tuple[int, str, Counts]]:
        query = Query(self._engine, source, "cockpit_piece")
        done, total = 0, sum(part.rows for part in slices)
        for part in slices:
            yield from chunks(query.counts(part, self._words, self._report), self._map.bucket)
            done += part.rows
            if self._progress is not None:
                self._progress("predictions", done, total)

    def _count_reference(self, decoding: Decoding) -> tuple[list[Counts], dict[str, float]]:
        rows = self._tables.reference
        if rows is None:
            return [], {}
        columns = frozenset(rows.columns)
        decoding = replace(
            decoding,
            available=columns,
            segments={d: s for d, s in decoding.segments.items() if d in columns},
            features=[f for f in decoding.features if f.bins.name in columns],
            reference=True,
            labels_apart=False,
        )
        own = ImportReport()
        source = Source(rows, decoding, Marks(), times=None)
        query = Query(self._engine, source, "cockpit_reference")
        counted = list(query.counts(Slice(0, 1, 0), self._words, own))
        self._report.reference_rows = self._engine.count(rows)
        self._report.reference_incomplete = own.dropped | own.incomplete | own.labels_unused
        return counted, self._importance(query.held, decoding)

    def _importance(self, held: ir.Table, decoding: Decoding) -> dict[str, float]:
        """How much each feature tells of the score, in the reference that is held."""
        expression = importance_expression(held, decoding)
        if expression is None:
            return {}
        importance = Importance()
        squares = held.aggregate(total=held.squared.sum().coalesce(0).cast("int64"))
        importance.add_squares(self._engine.ask(squares)["total"][0].as_py())
        add_importance(self._engine.ask(expression), decoding, self._words, importance)
        words = self._words.all()
        return {words[code]: share for code, share in importance.shares().items()}


def _segmenting(found: list[pa.Table], top: frozenset[str]) -> Segmenting:
    """Codes for the values whose word is among the most frequent."""
    by_value: dict[object, str] = {}
    for values in found:
        codes, words = coded(values["value"].combine_chunks())
        names = [*words, ABSENT]
        for value, code in zip(values["value"].to_pylist(), codes.tolist(), strict=True):
            if value is not None and names[code] in top:
                by_value[value] = names[code]
    none = ABSENT if ABSENT in top else OTHER
    return Segmenting(list(by_value), [*by_value.values(), OTHER, none])
