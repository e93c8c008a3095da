"""The map of a prediction log, guessed from its head; each guess with how sure it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from cockpit.config import Features, Predictions
from cockpit.observe.start.columns import FIRST_EPOCH, NEARLY_ALL, guesses, words_of

if TYPE_CHECKING:
    from cockpit.observe.start.heads import Column, Head
    from cockpit.observe.start.proposal import Proposal

_MOST_VALUES = 20  # of a segment
_MOST_CATEGORIES = 200  # of a feature
_MOST_SEGMENTS = 6
_SEGMENTS = frozenset(
    (
        *("region", "country", "city", "market", "site", "store", "locale", "language"),
        *("device", "platform", "os", "browser", "channel", "source", "segment", "cohort"),
        *("tier", "plan", "tenant", "merchant", "category", "product", "currency"),
    )
)
_WITHOUT = {
    "time": "without one the log is not read; name the column of times",
    "score": "quality is not judged without; name a column from 0 to 1, or prediction",
    "label": "quality is not judged without; name the column, or a file of labels",
    "id": "labels of another file are joined by one",
    "version": "all rows count for model.versions.current",
}


def add_predictions(path: str, head: Head, proposal: Proposal) -> None:
    """Add the map of a log, a comment on each guess, and what no column was taken for."""
    found = guesses(head.columns)
    for key, what in _WITHOUT.items():
        if key not in found and not (key == "score" and "prediction" in found):
            proposal.lacks(f"predictions: {key}", "no column looks like it", what)
    proposal.found.append(f"{len(head.columns):,} columns of {head.file}")
    if "time" not in found:
        return
    where = "sources.predictions"
    proposal.say(where, f"Guessed from the first {head.rows:,} rows of {head.file}: look at each.")
    for key, guess in found.items():
        proposal.say(f"{where}.{key}", guess.why)
    taken = {guess.column for guess in found.values()}
    rest = [column for column in head.columns if column.name not in taken and column.rows]
    segments = [c for c in rest if _is_segment(c)][:_MOST_SEGMENTS]
    features = [c for c in rest if c not in segments]
    numeric = [c.name for c in features if _is_numeric(c)]
    words = [c.name for c in features if c.text and 2 <= c.distinct <= _MOST_CATEGORIES]
    if segments:
        proposal.say(f"{where}.segments", "A guess: called as segments are, with few values.")
    else:
        proposal.lacks("predictions: segments", "no column with few values is called like one")
    if numeric or words:
        proposal.say(f"{where}.features", "A guess: every other column that can be binned.")
    is_decided = "prediction" in found or "score" not in found
    if not is_decided:
        proposal.say(f"{where}.threshold", "A guess: from which score on the decision is 1.")
    if "label" in found and "label_time" not in found:
        said = "Known at once, as it stands: name label_time or label_delay if it comes later."
        proposal.say(f"{where}.label", said)
    names = {key: guess.column for key, guess in found.items()}
    latency = next((c for c in head.columns if c.name == names.get("latency")), None)
    settings = Predictions(
        path=path,
        threshold=None if is_decided else 0.5,
        segments=[c.name for c in segments],
        features=Features(numeric=numeric, categorical=words),
        latency_unit="s" if latency is not None and _in_seconds(latency) else "ms",
    )
    proposal.predictions = msgspec.structs.replace(settings, **names)


def _is_segment(column: Column) -> bool:
    is_called = not _SEGMENTS.isdisjoint(words_of(column.name))
    return is_called and 2 <= column.distinct <= _MOST_VALUES


def _is_numeric(column: Column) -> bool:
    """Numbers of which there are several, that count nothing off: no identifiers, no times."""
    is_identity = column.whole and column.distinct == column.rows and column.rows > 2
    return (
        not column.text
        and not math.isnan(column.low)
        and column.distinct > 2
        and not is_identity
        and "id" not in words_of(column.name)
        and not (column.times >= NEARLY_ALL and column.low > FIRST_EPOCH)
    )


def _in_seconds(latency: Column) -> bool:
    """By its name, else by its size: few services answer a request within 10 ms or take 10 s."""
    words = words_of(latency.name)
    if words & {"ms", "millis", "milliseconds"}:
        return False
    return bool(words & {"s", "sec", "seconds"}) or latency.middle < 10.0
