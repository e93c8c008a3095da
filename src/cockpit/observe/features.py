"""A model's inputs: which columns they are, their frozen bins, and those refused as inputs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cockpit.bins import MISSING, RARE_CATEGORY, FeatureBins, freeze_categorical, freeze_numeric
from cockpit.observe.values import coded, numbers
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cockpit.observe.mapping import Mapping
    from cockpit.observe.report import ImportReport

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_MANY_CATEGORIES = 50  # a text column with more, most of them met once, names things or people
_MOST_DISTINCT = 100_000  # categories told apart while a column is looked at


class FrozenFeature:
    """A feature's bins, and the reference's rare categories that share one of them.

    `once` are those of them that only one row of the reference has.
    """

    def __init__(
        self,
        bins: FeatureBins,
        rare: frozenset[str] = frozenset(),
        once: frozenset[str] = frozenset(),
    ) -> None:
        self.bins = bins
        self.rare = rare
        self.once = once

    def digitize(self, column: pa.Array, *, reference: bool = False) -> Ints:
        """Bin of each value, shape (n,).

        In the reference itself a category met once is unseen, as it is to all the other rows: as
        many new ones are to be expected later, where nothing changes (Good 1953).
        """
        if self.bins.kind == "numeric":
            return self.bins.digitize(numbers(column)[0])
        codes, words = coded(column)
        rare = self.rare - self.once if reference else self.rare
        folded = [RARE_CATEGORY if word in rare else word for word in words]
        return np.append(self.bins.digitize(folded), MISSING)[codes]


class Column:
    """What has been seen of one column while its bins are not frozen yet."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind  # numeric, categorical, or auto until `settle`
        self.counts: Counter[str] = Counter()
        self.rows = 0  # whose words are in `counts`
        self._numbers: list[Floats] = []
        self._all_numbers = True
        self._typed = False  # as numbers, so that it is one even where all is missing

    def see(self, column: pa.Array) -> None:
        """Take in one piece."""
        if self.kind != "categorical":
            values, bad = numbers(column)
            self._all_numbers &= not bad.any() and str(column.type) != "bool"
            self._typed |= pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
            self._numbers.append(values[~np.isnan(values)])
        if self.kind != "numeric":
            codes, words = coded(column)
            present = np.bincount(codes[codes >= 0], minlength=len(words))
            if len(self.counts) < _MOST_DISTINCT:
                self.counts.update(dict(zip(words, present.tolist(), strict=True)))
                self.rows += int((codes >= 0).sum())

    def settle(self) -> None:
        """Decide what an automatic column is: numbers, unless any value is not one."""
        if self.kind == "auto":
            is_numeric = self._all_numbers and (self.rows or self._typed)
            self.kind = "numeric" if is_numeric else "categorical"

    def values(self) -> Floats:
        """Every number seen."""
        return np.concatenate([np.zeros(0), *self._numbers])

    def looks_like_identifier(self) -> bool:
        """Nearly every row another word, or whole numbers that count the rows."""
        if self.kind == "categorical":
            return len(self.counts) > max(_MANY_CATEGORIES, self.rows / 2)
        values = self.values()
        finite = values[np.isfinite(values)]
        if finite.size <= _MANY_CATEGORIES or (finite != np.floor(finite)).any():
            return False
        dense = finite.max() - finite.min() < 2.0 * finite.size
        return bool(dense and np.unique(finite).size == finite.size)

    def freeze(self) -> FrozenFeature:
        """The column's bins for good."""
        if self.kind == "numeric":
            return FrozenFeature(freeze_numeric(self.name, self.values()))
        bins = freeze_categorical(self.name, self.counts)
        rare = frozenset(self.counts.keys() - set(bins.categories))
        return FrozenFeature(bins, rare, frozenset(c for c in rare if self.counts[c] == 1))


def freeze(
    pieces: Iterable[pa.RecordBatch], wanted: dict[str, str], report: ImportReport
) -> list[FrozenFeature]:
    """Frozen bins of the wanted columns ({name: numeric, categorical or auto}) from these pieces.

    A column that looks like an identifier is refused: counting it would tell people apart.
    """
    columns = [Column(name, kind) for name, kind in wanted.items()]
    for piece in pieces:
        for column in columns:
            column.see(piece[column.name])
    frozen = []
    for column in columns:
        column.settle()
        if column.looks_like_identifier():
            report.note(
                f"feature '{inert(column.name)}' left out: nearly every row has a value of its own,"
                " it looks like an identifier"
            )
            continue
        frozen.append(column.freeze())
    return frozen


def wanted_features(features: Any, columns: list[str], taken: set[str]) -> dict[str, str]:
    """{column: kind} the map asks for; `auto` is every column that means nothing else."""
    if features == "auto":
        return {c: "auto" for c in columns if c not in taken}
    return dict.fromkeys(features.numeric, "numeric") | dict.fromkeys(
        features.categorical, "categorical"
    )


def usable_features(
    mapping: Mapping, predictions: list[str], reference: list[str] | None
) -> dict[str, str]:
    """{column: kind} of the features that predictions, and a reference if there is one, have."""
    columns = predictions if reference is None else [c for c in predictions if c in reference]
    return wanted_features(mapping.settings.features, columns, set(mapping.columns))
