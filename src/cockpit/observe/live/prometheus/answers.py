"""What the HTTP API of Prometheus answers, decoded and checked; values become numpy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import msgspec
import numpy as np

from cockpit.observe.live.source import SourceFailed
from cockpit.text import inert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

T = TypeVar("T")
_LONGEST_CAUSE = 120


class RawSeries(NamedTuple):
    """The labels of a series, and its samples: times (µs, ascending) and values, shape (n,)."""

    labels: dict[str, str]
    at: Ints
    x: Floats


class Matrix(NamedTuple):
    """Several series, and what the server warns of: "" where it answered in full."""

    series: list[RawSeries]
    warning: str = ""


class FiringAlert(msgspec.Struct, frozen=True, rename="camel"):
    """One alert of the server's own rules; `active_at` in RFC 3339."""

    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    state: str = ""
    active_at: str = ""


class Alerts(msgspec.Struct, frozen=True):
    """What /api/v1/alerts holds."""

    alerts: list[FiringAlert] = []


class MetricFacts(msgspec.Struct, frozen=True):
    """What is said of one metric in /api/v1/metadata."""

    type: str = ""
    help: str = ""
    unit: str = ""


class _Answer(msgspec.Struct, Generic[T]):
    status: str
    data: T
    warnings: list[str] = []
    is_partial: bool = msgspec.field(default=False, name="isPartial")  # of VictoriaMetrics


class _Series(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]] = []
    value: tuple[float, str] | None = None


class _Result(msgspec.Struct):
    result: list[_Series]


class _Error(msgspec.Struct):
    status: str
    error: str = ""


def decode(body: bytes, kind: type[T]) -> tuple[T, str]:
    """The data of an answer, and what the server warns of, inert. Raises SourceFailed."""
    try:
        answer = msgspec.json.decode(body, type=_Answer[kind])  # type: ignore[valid-type]
    except msgspec.ValidationError:
        raise SourceFailed(error_in(body) or "no answer of a Prometheus") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        cut_off = "truncated" in str(error)
        raise SourceFailed("half an answer" if cut_off else "not JSON") from None
    if answer.status != "success":
        raise SourceFailed(error_in(body) or "no answer of a Prometheus")
    return answer.data, _warning(answer.warnings, answer.is_partial)


def error_in(body: bytes) -> str:
    """What an answer says went wrong, short and inert; "" where it says nothing."""
    try:
        return inert(msgspec.json.decode(body, type=_Error).error.strip(), _LONGEST_CAUSE)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def decode_series(body: bytes, most: int) -> Matrix:
    """The series of a range or an instant query. Raises SourceFailed, also for over `most`."""
    data, warning = decode(body, _Result)
    if len(data.result) > most:
        raise SourceFailed(f"{len(data.result):,} series, over {most:,}")
    try:
        return Matrix([_series(each) for each in data.result], warning)
    except (ValueError, OverflowError):
        raise SourceFailed("samples that are no numbers") from None


def _series(found: _Series) -> RawSeries:
    samples: list[Any] = found.values if found.value is None else [found.value]
    seconds = np.array([at for at, _ in samples], dtype=np.float64)
    if not (np.abs(seconds) < 1e12).all():
        raise ValueError
    # The API gives milliseconds.
    at = np.rint(seconds * 1_000).astype(np.int64) * 1_000
    return RawSeries(found.metric, at, np.array([x for _, x in samples], dtype=np.float64))


def _warning(warnings: list[str], is_partial: bool) -> str:
    """The first warning that an answer is not whole; hints on a query's style are none."""
    if is_partial:
        return "a partial answer"
    real = (text for text in warnings if not text.startswith("PromQL "))
    return inert(next(real, ""), _LONGEST_CAUSE)
