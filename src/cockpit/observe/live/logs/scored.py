"""Decoded rows as the index of labels keeps them, and such rows decoded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from cockpit.observe.decode import Batch, Scoring, Segment
from cockpit.observe.labels import Labelling, Move
from cockpit.observe.live.logs.label_index import LabelIndex, Moved, Scored
from cockpit.tables import ALL, SERVED, SHADOW, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.observe.counting import Words
    from cockpit.observe.mapping import Mapping

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class Kind(msgspec.Struct, array_like=True):
    """What many rows have in common: their version, and (dimension, value) of their segments."""

    version: str
    segments: list[tuple[str, str]]


def scored(batch: Batch, keys: Ints, found: Mask, words: Words, index: LabelIndex) -> Scored:
    """The rows of a batch that a label can move: those with an id (where `found`) and a score."""
    n = len(batch.at)
    no_score, no_decision = np.full(n, np.nan), np.full(n, UNKNOWN)
    served, shadow = batch.served, batch.shadow
    rows = Scored(
        key=keys,
        at=batch.at,
        kind=_kinds(batch, words, index),
        score=no_score if served is None else served.score,
        decision=no_decision if served is None else served.decision,
        shadow=no_score if shadow is None else shadow.score,
        shadow_decision=no_decision if shadow is None else shadow.decision,
    )
    return rows.only(found & ~(np.isnan(rows.score) & np.isnan(rows.shadow)))


def _kinds(batch: Batch, words: Words, index: LabelIndex) -> Ints:
    segments = [*batch.singles, *batch.pairs]
    codes = np.stack([batch.version, *(segment.value for segment in segments)])
    distinct, which = np.unique(codes, axis=1, return_inverse=True)
    every = words.all()
    names = [every[segment.dimension] for segment in segments]
    kinds = [
        Kind(every[version], [(name, every[v]) for name, v in zip(names, values, strict=True)])
        for version, *values in distinct.T.tolist()
    ]
    numbers = index.kinds(msgspec.json.encode(kind).decode() for kind in kinds)
    return np.array(numbers, np.int64)[which.reshape(-1)]


def moves(moved: Moved, mapping: Mapping, words: Words, index: LabelIndex) -> Batch:
    """Rows whose labels moved, decoded: not new, and with the one move of each."""
    rows, n = moved.rows, len(moved.label)
    numbers, which = np.unique(rows.kind, return_inverse=True)
    kinds = [msgspec.json.decode(text, type=Kind) for text in index.words(numbers.tolist())]
    version = words.codes(kind.version for kind in kinds)[which]
    everyone = Segment(words.code(ALL), np.full(n, words.code(ALL)))
    batch = Batch(rows.at, version, everyone, rows=np.arange(n), new=False)
    settings = mapping.settings
    if settings.score is not None:
        batch.served = Scoring(version, words.code(SERVED), rows.score, rows.decision)
    if settings.shadow is not None:
        shadow = np.full(n, words.code(settings.shadow.version))
        batch.shadow = Scoring(shadow, words.code(SHADOW), rows.shadow, rows.shadow_decision)
    names = list(dict.fromkeys(name for kind in kinds for name, _ in kind.segments))
    for name in names:
        values = [dict(kind.segments).get(name, ALL) for kind in kinds]
        batch.singles.append(Segment(words.code(name), words.codes(values)[which]))
    move = Move(np.arange(n), moved.was, moved.label, rows.at)
    batch.labelling = Labelling(np.full(n, UNKNOWN), [move])
    return batch
