"""Decoded rows into the tables of counts: which rows of which table each batch adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.bins import latency_bin, score_bin, segment_bin
from cockpit.tables import ALL, FIXED_POINT, NEW, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.observe.counting import Tally, Words
    from cockpit.observe.decode import Batch, Scoring, Segment

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Columns = dict[str, Ints | int]


def tabulate(batch: Batch, tallies: dict[str, Tally], words: Words, *, reference: bool) -> None:
    """Add a batch to the tallies. A reference has no traffic, users or pairs of its own."""
    tabulate_scores(batch, tallies, reference=reference)
    _add_features(batch, tallies["feature"])
    _add_metrics(batch, tallies)
    if batch.seconds is not None:
        timed = ~np.isnan(batch.seconds)
        bins = latency_bin(batch.seconds[timed])
        tallies["latency"].add(
            {"valid": batch.at[timed], "version": batch.version[timed], "bin": bins}
        )
    if reference:
        return
    _add_traffic(batch, tallies["traffic"], words)
    if batch.users is not None:
        _add_users(batch, batch.users, tallies["users"])


def tabulate_scores(batch: Batch, tallies: dict[str, Tally], *, reference: bool = False) -> None:
    """Add a batch to the labelled tables alone: of one that is not `new`, its labels' moves."""
    for scoring in (batch.served, batch.shadow):
        if scoring is not None:
            _add_scores(batch, scoring, tallies)
    if batch.served is not None and batch.shadow is not None and not reference:
        _add_pairs(batch, batch.served, batch.shadow, tallies["pair"])


def _add_scores(batch: Batch, scoring: Scoring, tallies: dict[str, Tally]) -> None:
    rows, moved = _moves(batch, ~np.isnan(scoring.score))
    score = scoring.score[rows]
    keys: Columns = {
        **moved,
        "version": scoring.version[rows],
        "role": scoring.role,
        "decision": scoring.decision[rows],
    }
    fixed = np.floor(score * FIXED_POINT).astype(np.int64)
    squared = np.floor(score * score * FIXED_POINT).astype(np.int64)
    cells = {"n": np.ones(len(rows), np.int64), "sum_p": fixed, "sum_p2": squared}
    tallies["score"].add({**keys, "bin": score_bin(score)}, cells)
    keys["bin"] = segment_bin(score)
    for segment in (*batch.singles, *batch.pairs):
        own: Columns = {"dimension": segment.dimension, "value": segment.value[rows]}
        tallies["score_by_segment"].add({**keys, **own}, cells)


def _moves(batch: Batch, wanted: Mask) -> tuple[Ints, Columns]:
    """Rows of a labelled table, as indices into the batch, with their times, `label` and `was`.

    First every wanted row as it began, where rows are new, then each change of its label.
    """
    began = np.flatnonzero(wanted & batch.new)
    rows, observed, was = [began], [batch.at[began]], [np.full(len(began), NEW, np.int64)]
    label = [np.full(len(began), UNKNOWN, np.int64)]
    if batch.labelling is not None:
        label = [batch.labelling.initial[began]]
        for move in batch.labelling.moves:
            kept = wanted[move.rows]
            rows.append(move.rows[kept])
            observed.append(move.at[kept])
            was.append(move.was[kept])
            label.append(move.label[kept])
    every = np.concatenate(rows)
    return every, {
        "valid": batch.at[every],
        "observed": np.concatenate(observed),
        "was": np.concatenate(was),
        "label": np.concatenate(label),
    }


def _add_features(batch: Batch, tally: Tally) -> None:
    if batch.served is not None:
        rows = np.flatnonzero(~np.isnan(batch.served.score))
    else:
        rows = np.arange(len(batch.at))
    for segment in (batch.whole, *batch.singles):
        keys: Columns = {
            "valid": batch.at[rows],
            "version": batch.version[rows],
            "dimension": segment.dimension,
            "value": segment.value[rows],
        }
        for name, bins in batch.features:
            tally.add({**keys, "feature": name, "bin": bins[rows]})


def _add_metrics(batch: Batch, tallies: dict[str, Tally]) -> None:
    for segment in (batch.whole, *batch.singles, *batch.pairs):
        for rate in batch.rates:
            rows = np.flatnonzero(rate.values >= 0)
            k = rate.values[rows].astype(np.int64)
            cells = {"k": k, "n": np.ones(len(rows), np.int64)}
            tallies["rate"].add(_segment_keys(batch, segment, rate.name, rows), cells)
        for mean in batch.means:
            rows = np.flatnonzero(~np.isnan(mean.values))
            x = mean.values[rows]
            cells = {
                "n": np.ones(len(rows), np.int64),
                "sum_x": np.rint(x / mean.step).astype(np.int64),
                "sum_x2": np.rint(x * x / mean.step).astype(np.int64),
            }
            tallies["mean"].add(_segment_keys(batch, segment, mean.name, rows), cells)


def _segment_keys(batch: Batch, segment: Segment, name: int, rows: Ints) -> Columns:
    return {
        "valid": batch.at[rows],
        "name": name,
        "version": batch.version[rows],
        "dimension": segment.dimension,
        "value": segment.value[rows],
    }


def _add_traffic(batch: Batch, tally: Tally, words: Words) -> None:
    keys: Columns = {"valid": batch.at, "version": batch.version}
    tally.add({**keys, "kind": words.code(ALL)})
    if batch.errors is not None:
        failed = batch.errors >= 0
        tally.add(
            {
                "valid": batch.at[failed],
                "version": batch.version[failed],
                "kind": batch.errors[failed],
            }
        )


def _add_users(batch: Batch, bits: Ints, tally: Tally) -> None:
    rows = np.flatnonzero(bits >= 0)
    for segment in (batch.whole, *batch.singles, *batch.pairs):
        tally.add(
            {
                "valid": batch.at[rows],
                "version": batch.version[rows],
                "dimension": segment.dimension,
                "value": segment.value[rows],
                "bit": bits[rows],
            }
        )


def _add_pairs(batch: Batch, served: Scoring, shadow: Scoring, tally: Tally) -> None:
    both = ~np.isnan(served.score) & ~np.isnan(shadow.score)
    rows, moved = _moves(batch, both)
    tally.add(
        {
            **moved,
            "version": served.version[rows],
            "shadow": shadow.version[rows],
            "bin": segment_bin(served.score[rows]),
            "shadow_bin": segment_bin(shadow.score[rows]),
            "decision": served.decision[rows],
            "shadow_decision": shadow.decision[rows],
        }
    )
