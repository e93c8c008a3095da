"""What the columns of a prediction log may mean, by how they are called and what they hold."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cockpit.observe.start.heads import Column

NEARLY_ALL = 0.95
_MOST_VERSIONS = 20
_MOST_KINDS = 200  # of errors
FIRST_EPOCH = 5e8  # a number below is no time of this century
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


class Guess(NamedTuple):
    """The column taken for a key of the map, and why in a few words: how sure it is."""

    column: str
    why: str


class _Rule(NamedTuple):
    """How the column of a key is called, best first, and what its values must be."""

    names: tuple[str, ...]
    fits: Callable[[Column], bool]
    holds: str  # what every value is, in words
    words: tuple[str, ...] = ()  # a name that holds one of them may be it too


def _is_time(column: Column) -> bool:
    epoch = math.isnan(column.low) or column.low > FIRST_EPOCH
    return column.times >= NEARLY_ALL and epoch


def _is_score(column: Column) -> bool:
    return column.low >= 0.0 and column.high <= 1.0 and column.distinct > 2


def _is_flag(column: Column) -> bool:
    return column.flags == 1.0 and column.distinct <= 2


def _is_id(column: Column) -> bool:
    return column.filled == 1.0 and column.distinct == column.rows


def _is_version(column: Column) -> bool:
    return 1 <= column.distinct <= _MOST_VERSIONS


def _is_latency(column: Column) -> bool:
    return column.low >= 0.0 and not column.text


_RULES: dict[str, _Rule] = {
    "time": _Rule(
        (
            "event_time",
            "timestamp",
            "event_timestamp",
            "request_time",
            "prediction_time",
            "predicted_at",
            "requested_at",
            "created_at",
            "time",
            "ts",
            "datetime",
            "date",
        ),
        _is_time,
        "a time",
        ("time", "timestamp", "ts", "at", "datetime"),
    ),
    "id": _Rule(
        ("prediction_id", "request_id", "inference_id", "event_id", "transaction_id", "id", "uuid"),
        _is_id,
        "there once",
        ("id", "uuid"),
    ),
    "score": _Rule(
        ("score", "probability", "proba", "prob", "y_score", "y_prob", "y_pred_proba", "p"),
        _is_score,
        "from 0 to 1",
        ("score", "probability", "proba", "prob", "confidence"),
    ),
    "prediction": _Rule(
        ("decision", "prediction", "predicted", "y_pred", "pred", "predicted_label", "blocked"),
        _is_flag,
        "yes or no",
        ("decision", "predicted", "prediction"),
    ),
    "label_time": _Rule(
        ("label_time", "labelled_at", "labeled_at", "label_timestamp", "label_at"),
        _is_time,
        "a time",
    ),
    "label": _Rule(
        ("label", "y_true", "actual", "target", "ground_truth", "truth", "outcome", "y"),
        _is_flag,
        "yes or no",
        ("label", "actual", "target", "truth", "is"),
    ),
    "version": _Rule(
        ("model_version", "version", "model_id", "model", "variant"),
        _is_version,
        "one of a few",
        ("version",),
    ),
    "latency": _Rule(
        ("latency_ms", "latency", "duration_ms", "latency_seconds", "response_time_ms"),
        _is_latency,
        "a number not below 0",
        ("latency", "duration"),
    ),
    "error": _Rule(
        ("error", "error_code", "error_kind", "error_type", "exception"),
        lambda column: column.distinct <= _MOST_KINDS,
        "one of a few",
    ),
    "user": _Rule(
        ("user_id", "user", "customer_id", "customer", "account_id", "client_id"),
        lambda column: column.distinct > 2,
        "one of many",
    ),
}


def guesses(columns: Iterable[Column]) -> dict[str, Guess]:
    """By key of the map, the column that is most likely it; none is taken for two."""
    left = {column.name: column for column in columns}
    found: dict[str, Guess] = {}
    for key, rule in _RULES.items():
        guess = _by_name(rule, left) or _by_word(rule, left)
        if guess is not None:
            found[key] = guess
            del left[guess.column]
    return found


def _by_name(rule: _Rule, left: dict[str, Column]) -> Guess | None:
    """A column that is called so; sure where its values are so too."""
    called = {_plain(name): name for name in reversed(left)}
    for name in rule.names:
        column = left.get(called.get(name, ""))
        if column is not None and column.rows and rule.fits(column):
            return Guess(column.name, f"Sure: it is called so, and every value is {rule.holds}.")
    return None


def _by_word(rule: _Rule, left: dict[str, Column]) -> Guess | None:
    """A column in whose name one of the words stands."""
    for word in rule.words:
        for column in left.values():
            if word in words_of(column.name) and column.rows and rule.fits(column):
                return Guess(
                    column.name,
                    f"Likely: '{word}' is in its name, and every value is {rule.holds}.",
                )
    return None


def _plain(name: str) -> str:
    """EventTime, event-time → event_time."""
    return "_".join(word.lower() for word in _WORD.findall(name))


def words_of(name: str) -> set[str]:
    return set(_plain(name).split("_"))
