"""What version 2 of the API of an Alertmanager answers, decoded and bounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from cockpit.observe.live.source import SourceFailed
from cockpit.records import BadInput
from cockpit.silence import Matcher, Silence
from cockpit.text import inert
from cockpit.units import parse_instant

T = TypeVar("T")
_LONGEST_NAME, _LONGEST_SEVERITY, _LONGEST_WORDS, _LONGEST_CAUSE = 80, 20, 300, 120
_LONGEST_COMMENT = 1_000
_LONGEST_KEY = 100  # characters of a fingerprint and a time
_TOLD_APART = frozenset({"alertname", "severity"})
_SUMMARIES = ("summary", "message", "description")


class _Receiver(Struct, frozen=True):
    name: str = ""


class _State(Struct, frozen=True, rename="camel"):
    state: str = ""
    silenced_by: list[str] = []


class Alert(Struct, frozen=True, rename="camel"):
    """One alert that fires; all of its words come from outside."""

    fingerprint: str
    starts_at: str
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    receivers: list[_Receiver] = []
    status: _State = _State()

    @property
    def key(self) -> str:
        """What tells it from every other, and from itself at another time."""
        return f"{self.fingerprint}@{self.starts_at}"

    @property
    def began(self) -> int | None:
        """When it began to fire, µs; None where that cannot be read."""
        return _time(self.starts_at)

    @property
    def name(self) -> str:
        """'HighErrorRate', inert."""
        return inert(self.labels.get("alertname") or "an alert without a name", _LONGEST_NAME)

    @property
    def title(self) -> str:
        """'HighErrorRate (critical)', inert."""
        severity = inert(self.labels.get("severity", ""), _LONGEST_SEVERITY)
        return f"{self.name} ({severity})" if severity else self.name

    @property
    def words(self) -> str:
        """'HighErrorRate (critical): 5% of requests fail', inert; its labels without a summary."""
        told = next((text for key in _SUMMARIES if (text := self.annotations.get(key))), "")
        if not told:
            rest = (pair for pair in sorted(self.labels.items()) if pair[0] not in _TOLD_APART)
            told = ", ".join(f"{key}={value}" for key, value in rest)
        return inert(f"{self.title}: {told}" if told else self.title, _LONGEST_WORDS)

    @property
    def silenced_by(self) -> str:
        """The id of a silence that holds it back; "" where there is none."""
        return next(iter(self.status.silenced_by), "")

    @property
    def is_inhibited(self) -> bool:
        """Whether another alert, not a silence, holds it back."""
        return self.status.state == "suppressed" and not self.silenced_by

    def goes_to(self, receivers: frozenset[str]) -> bool:
        """Whether one of these is told of it."""
        return any(receiver.name in receivers for receiver in self.receivers)


class _Matcher(Struct, frozen=True, rename="camel"):
    name: str = ""
    value: str = ""
    is_regex: bool = False
    is_equal: bool = True


class KnownSilence(Struct, frozen=True, rename="camel"):
    """One silence that the Alertmanager has."""

    id: str
    starts_at: str
    ends_at: str
    created_by: str = ""
    comment: str = ""
    matchers: list[_Matcher] = []
    status: _State = _State()

    @property
    def has_expired(self) -> bool:
        """Whether it holds nothing back any more."""
        return self.status.state == "expired"

    @property
    def ends(self) -> int | None:
        """µs; None where that cannot be read."""
        return _time(self.ends_at)

    def described(self, alerts: Sequence[str]) -> Silence:
        """The silence, and the alerts that it holds back. Raises SourceFailed."""
        begins, ends = _time(self.starts_at), self.ends
        if begins is None or ends is None:
            raise SourceFailed("a silence of no time")
        return Silence(
            id=inert(self.id),
            matchers=[Matcher(**msgspec.structs.asdict(each)) for each in self.matchers],
            starts_at=begins,
            ends_at=ends,
            author=inert(self.created_by),
            comment=inert(self.comment, _LONGEST_COMMENT),
            alerts=list(alerts),
            count=len(alerts),
        )


class _Version(Struct, frozen=True):
    version: str = ""


class Status(Struct, frozen=True, rename="camel"):
    """Which Alertmanager it is."""

    uptime: str = ""  # since when it runs, by its name in the API
    version_info: _Version = _Version()

    @property
    def began(self) -> int | None:
        """When it was started, µs; None where that cannot be read."""
        return _time(self.uptime)

    @property
    def version(self) -> str:
        """'0.25', inert; "" where it is unsaid."""
        return inert(".".join(self.version_info.version.split(".")[:2]), _LONGEST_SEVERITY)


def decode(body: bytes, kind: type[T]) -> T:
    """An answer as what it should be. Raises SourceFailed."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError:
        raise SourceFailed("no answer of an Alertmanager") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        cut_off = "truncated" in str(error)
        raise SourceFailed("half an answer" if cut_off else "not JSON") from None


def decode_alerts(body: bytes) -> tuple[list[Alert], int]:
    """The alerts of an answer, and how many more cannot be read. Raises SourceFailed."""
    items = decode(body, list[msgspec.Raw])
    read = [alert for item in items if (alert := _alert(item)) is not None]
    found = list({alert.key: alert for alert in read}.values())
    return found, len(items) - len(read)


def _alert(item: msgspec.Raw) -> Alert | None:
    try:
        alert = msgspec.json.decode(item, type=Alert)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return alert if alert.fingerprint and len(alert.key) <= _LONGEST_KEY else None


def refusal_in(body: bytes) -> str:
    """Why a request was refused, short and inert; "" where that is unsaid."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    message = told.get("message") if isinstance(told, dict) else told
    return inert(message.strip(), _LONGEST_CAUSE) if isinstance(message, str) else ""


def _time(text: str) -> int | None:
    try:
        return parse_instant(text, near=0)  # which asks for a time of our era
    except BadInput:
        return None
