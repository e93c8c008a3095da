"""Times, durations and shares as people write them, both ways. Instants are integer µs UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cockpit.records import DAY, HOUR, MINUTE, SECOND, BadInput

_UNITS = {
    "us": 1,
    "µs": 1,
    "ms": 1_000,
    "s": SECOND,
    "m": MINUTE,
    "min": MINUTE,
    "h": HOUR,
    "d": DAY,
}
_LONGEST = 36_525 * DAY  # a hundred years
_ERA = range(1000, 3000)  # years whose instants can be counted, stored and printed in any zone
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s|min|m|h|d)\s*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_duration(text: str) -> int:
    """'90s', '1h30m', '12ms' → µs. Raises BadInput."""
    total, position = 0.0, 0
    while position < len(text):
        match = _DURATION.match(text, position)
        if match is None:
            break
        total += float(match[1]) * _UNITS[match[2]]
        position = match.end()
    if position == 0 or position < len(text):
        raise BadInput(f"'{text}' is not a duration; write one like 90s, 30m or 1h30m")
    if total > _LONGEST:
        raise BadInput(f"'{text}' is longer than a hundred years; write one like 90s, 30m or 1h30m")
    return round(total)


def parse_share(text: str | float) -> float:
    """'10%' or 0.1 → 0.1. Raises BadInput outside [0, 1]."""
    try:
        value = (
            float(text[:-1]) / 100.0
            if isinstance(text, str) and text.rstrip().endswith("%")
            else float(text)
        )
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise BadInput(f"'{text}' is not a share; write one like 10% or 0.1")
    return value


def parse_instant(text: str, near: int | None = None) -> int:
    """RFC 3339 ('2026-11-03T02:51:10Z', no zone: UTC) or, given `near`, a clock time '02:51:10'.

    A clock time means that time on the UTC day of `near`, and a time asked about must be one of
    our era. Raises BadInput.
    """
    raw = text.strip()
    try:
        if near is not None and re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", raw):
            parts = [int(p) for p in raw.split(":")]
            day = near - near % DAY
            seconds = parts[2] if len(parts) == 3 else 0
            if parts[0] > 23 or parts[1] > 59 or seconds > 59:
                raise ValueError
            return day + parts[0] * HOUR + parts[1] * MINUTE + seconds * SECOND
        moment = datetime.fromisoformat(raw)
        if near is not None and moment.year not in _ERA:
            raise ValueError
    except ValueError:
        raise BadInput(
            f"'{text}' is not a time; write one like 2026-11-03T02:51:10Z or 02:51:10"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def iso(at: int) -> str:
    """RFC 3339 in UTC, to the second where it is whole."""
    moment = _EPOCH + timedelta(microseconds=at)
    style = "seconds" if at % SECOND == 0 else "microseconds"
    return moment.isoformat(timespec=style).replace("+00:00", "Z")


def clock(at: int, seconds: bool = False) -> str:
    """'02:51' or '02:51:10', UTC."""
    return (_EPOCH + timedelta(microseconds=at)).strftime("%H:%M:%S" if seconds else "%H:%M")


def clock_near(at: int, now: int) -> str:
    """'02:51', and with its day where that is not plain: '2026-11-04 02:51'."""
    return clock(at) if abs(at - now) < 12 * HOUR else f"{day(at)} {clock(at)}"


def local_clock(at: int, zone: str) -> str:
    """'03:51 CET': the same instant where the team lives; UTC where the zone is unknown."""
    try:
        moment = (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return clock(at) + " UTC"
    return moment.strftime("%H:%M %Z")


def day(at: int) -> str:
    """'2026-11-03', UTC."""
    return (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%d")


def short_day(at: int) -> str:
    """'3 Nov', UTC."""
    moment = _EPOCH + timedelta(microseconds=at)
    return f"{moment.day} {moment.strftime('%b')}"


def elapsed(span: int) -> str:
    """'T+' style 'MM:SS' below an hour, 'H:MM:SS' above; negative spans carry a minus sign."""
    sign, seconds = ("−" if span < 0 else ""), abs(span) // SECOND
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{secs:02d}" if hours else f"{sign}{minutes:02d}:{secs:02d}"


def duration(span: int) -> str:
    """A length of time in words: '40 s', '9 min', '1 h 20 min', '3 d'."""
    seconds = round(abs(span) / SECOND)
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(hours / 24)} d"
