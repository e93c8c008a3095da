"""Days of a live recording, each beat written by the recorder's own writer, at a clock of ours.

`python soaking_app.py FOLDER DAYS` prints one JSON object: memory after each six hours and the size
of the recording, in bytes. A view is computed each ten minutes, in the same process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench import day
from bench.seeking_app import memory
from cockpit.incident import rolling
from cockpit.incident.counts import concatenate, select
from cockpit.incident.replay import open_live
from cockpit.observe.live.commit import Committer
from cockpit.observe.live.source import Found
from cockpit.records import DAY, MINUTE, SECOND, Counts
from cockpit.session import Session

BEAT = 10 * SECOND
KEPT = DAY
CONFIG = """
service: bench
objectives:
  - {name: latency, good: latency <= 250ms, target: 99%, window: 28d}
  - {name: availability, good: no error, target: 99.5%, window: 28d}
"""


class Clock:
    """A time that goes on when it is told to."""

    now = day.START

    def __call__(self) -> int:
        """Now, µs."""
        return self.now


def beats(random: np.random.Generator, begin: int, late: list[day.Predictions]) -> Iterator[Found]:
    """What a minute brings: requests and gauges beat by beat, the rest with the last of them."""
    made = day.Predictions(random, day.PREDICTIONS // day.MINUTES)
    late.append(made)
    end = begin + MINUTE
    fast = [*made.traffic(begin, end), day.series(random, begin)]
    slow = list(made.unknown(begin, end))
    if len(late) > day.LABEL_DELAY:
        slow += late.pop(0).labels(end - (day.LABEL_DELAY + 1) * MINUTE, end)
    for start in range(begin, end, BEAT):
        counts = [between(part, start, start + BEAT) for part in fast]
        closing = start + BEAT == end
        yield Found(str(start), [*counts, *(slow if closing else [])], until=start + BEAT)


def main(folder: Path, days: int) -> dict[str, object]:
    """Record and look for so many days."""
    random, clock, late = np.random.default_rng(7), Clock(), []
    held: list[int] = []
    path = rolling.recording_path(folder, "bench")
    with rolling.open_recording(path, "bench", MINUTE, "bench") as file:
        file.put_document("config", CONFIG)
        day.put_reference(file, random)
        committer = Committer(file, clock)
        with Session(open_live(path)) as session:
            for minute in range(days * day.MINUTES):
                begin = day.START + minute * MINUTE
                for found in beats(random, begin, late):
                    clock.now = int(found.until or 0) - 2 * SECOND
                    committer.commit("bench", found, {}, told=found.until)
                if minute % 10 == 9:
                    session.view(clock.now)
                if minute % 60 == 59:
                    rolling.drop_before(file, clock.now - KEPT)
                if minute % 360 == 359:
                    held.append(memory())
                    print(minute // 60 + 1, "h", held[-1] // 1_000_000, file=sys.stderr, flush=True)
    return {"memory": held, "file": path.stat().st_size}


def between(counts: Counts, start: int, end: int) -> Counts:
    valid = counts.columns["valid"]
    return select(concatenate([counts]), (valid >= start) & (valid < end))


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
