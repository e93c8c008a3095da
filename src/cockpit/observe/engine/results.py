"""What a query of a piece gave, as counts: its codes and words become the import's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cockpit.incident.counts import columns_of
from cockpit.observe.decode import error_kind
from cockpit.observe.engine.expressions import WHOLE
from cockpit.observe.values import LONGEST_WORD
from cockpit.records import SECOND, Counts
from cockpit.tables import ALL, PAIR, SERVED, SHADOW

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from cockpit.observe.counting import Words
    from cockpit.observe.engine.decoding import Decoding
    from cockpit.observe.importance import Importance
    from cockpit.tables import Table

    Ints = NDArray[np.int64]


def counts_of(found: pa.Table, table: Table, decoding: Decoding, words: Words) -> Counts:
    """The rows of a table's query as counts; rows that now share a key are not yet summed."""
    columns: dict[str, Ints] = {
        name: _whole_numbers(found, name)
        for name in found.column_names
        if name not in ("version", "kind", "word", "value")
    }
    columns["version"] = _codes(found["version"], words)
    if "role" in columns:
        _name_roles(columns, decoding, words)
    if "dimension" in columns:
        _name_segments(columns, _whole_numbers(found, "value"), decoding, words)
    if table.name == "feature":
        columns["bin"] = _feature_bins(columns, found, decoding)
        columns["feature"] = _feature_codes(decoding, words)[columns["feature"]]
    if table.name in ("rate", "mean"):
        metrics = getattr(decoding.mapping.settings, f"{table.name}s")
        columns["name"] = words.codes(m.name for m in metrics)[columns["metric"]]
    if table.name == "pair":
        columns["shadow"] = np.full(found.num_rows, _shadow(decoding, words))
    tick = SECOND if table.clock == "fast" else decoding.mapping.bucket
    columns["observed"] = columns.pop("seen", columns["valid"]) + tick
    rows: slice | NDArray[np.bool_] = slice(None)
    if table.name == "traffic":
        kinds = [error_kind(word[:LONGEST_WORD]) for word in found["kind"].to_pylist()]
        columns["kind"] = words.codes(kinds)
        rows = (columns["failed"] == 0) | np.array([bool(kind) for kind in kinds], dtype=bool)
    kept = {name: columns[name][rows] for name in columns_of(table.name)}
    return Counts(table.name, kept, dict.fromkeys(table.coded, words.all()))


def _whole_numbers(found: pa.Table, name: str) -> Ints:
    values: Ints = found[name].combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    return values


def _codes(column: pa.ChunkedArray, words: Words) -> Ints:
    encoded = column.combine_chunks().dictionary_encode()
    names = [word[:LONGEST_WORD] for word in encoded.dictionary.to_pylist()]
    indices: Ints = encoded.indices.to_numpy(zero_copy_only=False)
    return words.codes(names)[indices]


def _shadow(decoding: Decoding, words: Words) -> int:
    shadow = decoding.mapping.settings.shadow
    return words.code(shadow.version if shadow else ALL)


def _name_roles(columns: dict[str, Ints], decoding: Decoding, words: Words) -> None:
    shadowed = columns["role"] == 1
    columns["version"][shadowed] = _shadow(decoding, words) if shadowed.any() else 0
    columns["role"] = words.codes([SERVED, SHADOW])[columns["role"]]


def _name_segments(
    columns: dict[str, Ints], values: Ints, decoding: Decoding, words: Words
) -> None:
    numbers = columns["dimension"].copy()
    columns["value"] = values
    for number in np.unique(numbers).tolist():
        rows = numbers == number
        dimension, names = segment_names(decoding, number)
        columns["dimension"][rows] = words.code(dimension)
        present, inverse = np.unique(values[rows], return_inverse=True)
        columns["value"][rows] = words.codes(names[c] for c in present.tolist())[inverse]


def segment_names(decoding: Decoding, number: int) -> tuple[str, Any]:
    """What a dimension or pair is called, and its values by code."""
    if number == WHOLE:
        return ALL, [ALL]
    dimensions = list(decoding.segments)
    if number < len(dimensions):
        return dimensions[number], decoding.segments[dimensions[number]].names
    one, other = decoding.mapping.pairs[number - len(dimensions)]
    names, others = decoding.segments[one].names, decoding.segments[other].names
    return one + PAIR + other, [a + PAIR + b for a in names for b in others]


def add_importance(
    found: pa.Table, decoding: Decoding, words: Words, importance: Importance
) -> None:
    """Take in rows and scores by feature and bin."""
    columns = {c: _whole_numbers(found, c) for c in ("feature", "bin", "n", "score")}
    bins, codes = _feature_bins(columns, found, decoding), _feature_codes(decoding, words)
    for i, code in enumerate(codes.tolist()):
        rows = columns["feature"] == i
        importance.add_sums(code, bins[rows], columns["n"][rows], columns["score"][rows])


def _feature_codes(decoding: Decoding, words: Words) -> Ints:
    return words.codes(feature.bins.name for feature in decoding.features)


def _feature_bins(columns: dict[str, Ints], found: pa.Table, decoding: Decoding) -> Ints:
    """The bins of rows by feature: of categories, those of their words."""
    bins = columns["bin"].copy()
    for i, feature in enumerate(decoding.features):
        rows = columns["feature"] == i
        if feature.bins.kind == "categorical" and rows.any():
            named = found["word"].combine_chunks().filter(rows)
            bins[rows] = feature.digitize(named, reference=decoding.reference)
    return bins
