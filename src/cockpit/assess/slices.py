"""Rows of a table by version, role and segment: masks, and the groups they fall into."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cockpit.tables import ALL, SERVED, SHADOW
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cockpit.config import Predictions
    from cockpit.records import Counts

    Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Subject:
    """What an estimate is about: the whole service, a version, a shadow, a segment.

    `against` is the version that it is compared with.
    """

    version: str | None = None
    role: str = SERVED
    segment: str | None = None
    against: str | None = None

    def identity(self, name: str) -> str:
        """'auc', 'auc@v42', 'auc@v43 shadow against v42', 'precision@v42@region BR': stable."""
        version = self.version if self.role == SERVED else f"{self.version} {self.role}"
        if self.against is not None:
            version = f"{version} against {self.against}"
        return "@".join(part for part in (name, version, self.segment) if part is not None)


WHOLE = Subject()


@dataclass(frozen=True)
class Slice:
    """The whole service or one version, and the rows that belong to it."""

    subject: Subject
    mask: Mask


def is_word(counts: Counts, column: str, word: str) -> Mask:
    """Rows whose coded column holds the word."""
    words = counts.words.get(column, ())
    code = words.index(word) if word in words else -1
    mask: Mask = counts.columns[column] == code
    return mask


def slices(counts: Counts, whole: Mask | None = None) -> list[Slice]:
    """The whole service; each version where several serve; each shadow. Only those with rows."""
    every = np.ones(len(counts), dtype=np.bool_) if whole is None else whole
    serving = every & _serving(counts)
    found = [Slice(WHOLE, serving)]
    several = _versions(counts, serving, SERVED)
    if len(several) > 1:
        found += several
    if "role" in counts.columns:
        shadow = every & is_word(counts, "role", SHADOW)
        found += _versions(counts, shadow, SHADOW)
    return found


def versions(counts: Counts) -> list[Slice]:
    """Each version that serves, also one that does so alone."""
    return _versions(counts, _serving(counts), SERVED)


def _serving(counts: Counts) -> Mask:
    if "role" in counts.columns:
        return is_word(counts, "role", SERVED)
    return np.ones(len(counts), dtype=np.bool_)


def _versions(counts: Counts, within: Mask, role: str) -> list[Slice]:
    words = counts.words.get("version", ())
    codes = counts.columns["version"]
    rows = np.bincount(codes[within], counts.columns["n"][within], len(words))
    return [
        Slice(Subject(inert(words[code]), role), within & (codes == code))
        for code in sorted(np.flatnonzero(rows > 0), key=words.__getitem__)
    ]


def groups(
    counts: Counts, columns: Sequence[str], within: Mask | None = None
) -> list[tuple[tuple[str, ...], NDArray[np.int64]]]:
    """Row numbers of each combination of words in coded columns, in order of the words."""
    rows = np.arange(len(counts)) if within is None else np.flatnonzero(within)
    if rows.size == 0:
        return []
    code = np.zeros(rows.size, dtype=np.int64)
    for column in columns:
        code = code * len(counts.words[column]) + counts.columns[column][rows]
    order = np.argsort(code, kind="stable")
    splits = np.flatnonzero(np.diff(code[order])) + 1
    found = []
    for part in np.split(rows[order], splits):
        key = tuple(counts.words[c][int(counts.columns[c][part[0]])] for c in columns)
        found.append((key, part))
    return sorted(found, key=lambda pair: pair[0])


def mask_of(counts: Counts, rows: NDArray[np.int64]) -> Mask:
    """The rows with these numbers, as a mask."""
    mask = np.zeros(len(counts), dtype=np.bool_)
    mask[rows] = True
    return mask


def about_all(counts: Counts) -> Mask:
    """Rows about the whole service rather than one segment."""
    return is_word(counts, "dimension", ALL)


def dimensions(map_: Predictions) -> list[str]:
    """The declared single dimensions; pairs are of these."""
    return [part for part in map_.segments if isinstance(part, str)]


@lru_cache(maxsize=1024)
def segment_name(dimension: str, value: str) -> str:
    """'region BR'."""
    return inert(f"{dimension} {value}")
