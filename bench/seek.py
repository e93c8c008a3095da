"""Going anywhere in a day of 200 series and a million predictions, memory cold but for chance."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from statistics import median

from bench.day import write_day
from bench.figures import Figure, milliseconds, percentile
from bench.harness import in_turn, seconds
from cockpit.incident.file import IncidentFile
from cockpit.incident.replay import Replay
from cockpit.incident.telemetry import Telemetry
from cockpit.records import HOUR, Window
from cockpit.session import Session
from cockpit.session.gather import Gatherer
from cockpit.session.settings import config_of

SEEKS = 25
MOST = 0.050  # seconds
LOOK_BACK = 6 * HOUR  # as far as charts and the search for the onset do


def measure(folder: Path) -> list[Figure]:
    """Reading what a moment needs, and the whole view of it, at random moments of the day."""
    path = folder / "day.incident"
    write_day(path)
    with IncidentFile.open(path) as file:
        return [_series(file, _plain_table(file, folder)), *_moments(path, file)]


def _series(file: IncidentFile, plain: sqlite3.Connection) -> Figure:
    """Six hours of every series, from the recording and from a plain table with an index."""
    telemetry, span = Telemetry(file), file.span()
    ends = iter(_moments_of(span, 2 * (SEEKS + 1)))

    def ours() -> float:
        end = next(ends)
        window = Window(start=end - LOOK_BACK, end=end)
        return seconds(lambda: telemetry.series(None, window, end))

    def theirs() -> float:
        end = next(ends)
        query = "SELECT name, time, x FROM sample WHERE time >= ? AND time < ?"
        return seconds(lambda: plain.execute(query, (end - LOOK_BACK, end)).fetchall())

    own, table = in_turn(SEEKS, ours, theirs)
    return Figure(
        what="six hours of 200 series, up to any moment of a day",
        measured=_spread(own),
        reference=f"the same rows from an indexed SQLite table: {_spread(table)}",
        goal=f"≤ {milliseconds(MOST)}",
        met=median(own) <= MOST,
    )


def _moments(path: Path, file: IncidentFile) -> list[Figure]:
    session = Session.read(path)
    gatherer = Gatherer(Replay(file, None, ""), config_of(file))
    moments = iter(_moments_of(file.span(), 2 * (SEEKS + 1)))
    reads, views = in_turn(
        SEEKS,
        lambda: seconds(lambda: gatherer.read(next(moments), [])),
        lambda: seconds(lambda: session.view(next(moments))),
    )
    session.close()
    return [
        Figure(
            what="everything that is read for any moment of a day",
            measured=_spread(reads),
            reference=f"the whole view of another moment, read and computed: {_spread(views)}",
            goal=f"≤ {milliseconds(MOST)}",
            met=median(reads) <= MOST,
        )
    ]


def _plain_table(file: IncidentFile, folder: Path) -> sqlite3.Connection:
    """The day's series as most would store them."""
    plain = sqlite3.connect(folder / "plain.sqlite")
    plain.execute("CREATE TABLE sample (time INT, name TEXT, x REAL, PRIMARY KEY (time, name))")
    for name, (times, values) in Telemetry(file).series(None, None, file.span().end).items():
        rows = zip(times.tolist(), values.tolist(), strict=True)
        plain.executemany("INSERT INTO sample VALUES (?, ?, ?)", ((t, name, x) for t, x in rows))
    plain.commit()
    return plain


def _moments_of(span: Window, count: int) -> list[int]:
    """Moments with enough of the day before them."""
    chance = random.Random(7)
    return [chance.randrange(span.start + LOOK_BACK, span.end) for _ in range(count)]


def _spread(times: list[float]) -> str:
    return f"{milliseconds(median(times))}, p95 {milliseconds(percentile(times, 0.95))}"
