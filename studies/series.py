"""What the detectors find in recorded series, and how often they alarm for nothing.

The series lie in ../shared/data beside the project; one setting serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cockpit.assess.methods.rank_detector import FEWEST, RUN_LENGTH, watch
from cockpit.records import DAY, MINUTE
from studies import _recorded, _recorded_counts
from studies._pages import Ints, head, row
from studies._recorded import Recorded

SEED = 1_605
_ORDERLESS = 500, 1_440  # series of so many independent readings


@dataclass
class Score:
    """Of one set: when each incident was found, µs after it began, and what was no incident."""

    series: int = 0
    span: int = 0  # µs watched in which an episode could be false
    false: int = 0
    incidents: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)  # had no past to be compared with
    delays: dict[str, int] = field(default_factory=dict)


def judge(recorded: Recorded, score: Score) -> None:
    """Watch one series and add what came out to the score of its set.

    An incident is found by an alarm raised inside it; an episode that touches none is false.
    """
    seen = watch(recorded.times, recorded.values)
    for name, begin, end in recorded.incidents:
        score.incidents.add(name)
        if int((seen.times < begin).sum()) < FEWEST:
            score.unknown.add(name)
        raised = [e.start - begin for e in seen.episodes if begin <= e.start <= end]
        if raised:
            score.delays[name] = min(raised[0], score.delays.get(name, raised[0]))
    if recorded.again or len(seen.times) == 0:
        return
    score.series += 1
    score.span += int(seen.times[-1] - seen.times[0])
    for episode in seen.episodes:
        until = int(seen.times[-1]) if episode.end is None else episode.end
        touched = (b <= until and episode.start <= e for _, b, e in recorded.incidents)
        score.false += not any(touched)


def scores(series: list[Recorded]) -> dict[str, Score]:
    """The score of each set."""
    found: dict[str, Score] = {}
    for recorded in series:
        judge(recorded, found.setdefault(recorded.data_set, Score()))
    return found


def run() -> str:
    """The page."""
    found = scores(_recorded.every())
    return "\n".join([*_page(found), *_recorded_counts.section()])


def _page(found: dict[str, Score]) -> list[str]:
    unknown = {name: len(score.unknown) for name, score in found.items() if score.unknown}
    without = " and ".join(f"{n} of {name}" for name, n in unknown.items())
    return [
        "# Recorded series",
        "",
        "`python -m studies series --write`. Gauges are watched by rank in their own past "
        "(`cockpit.assess.methods.rank_detector`), all sets with one setting, as they came: "
        "unsorted, with gaps, of any unit. An incident is found if an alarm is raised inside "
        "it; false is an episode that touches none. The delay is from the "
        "beginning of the incident as labelled.",
        "",
        *_table(found),
        "",
        "- NAB: the windows of the Numenta Anomaly Benchmark, which begin hours before what they "
        "are about. A daily course is not known before its third day: a third of the false "
        "episodes are of then, and most others of two series that spike for no labelled reason.",
        "- Cloud monitoring: hourly counts and latencies of Microsoft. Most incidents are one to "
        "three readings long, and one or two readings are an outlier here, not an alarm.",
        "- PetShop: the metric the issue was aimed at, five readings of five minutes after two "
        "days without an issue. Most issues put it out of its usual range for two readings or "
        "none. False episodes are of the two days alone.",
        "- Nezha: processor, latency and workload of the pod that had the fault, eight minutes "
        "from its injection. Faults of the network and of the code do not show in these, and each "
        "fault of a pod makes the next less unusual.",
        f"- Not to be found by anyone who compares with a past: {without} began within {FEWEST} "
        "readings of the first one.",
        "",
        f"The run length promised is {RUN_LENGTH} readings, for readings whose order tells "
        f"nothing; measured on such it is {orderless(*_ORDERLESS):,.0f} (seed {SEED}). Recorded "
        "series have levels, bursts and courses of their own: the false episodes come from there. "
        "The setting was chosen on these same series: of others, expect fewer hits.",
    ]


def _table(found: dict[str, Score]) -> list[str]:
    lines = head("set", "series", "days", "incidents", "found", "false", "a series-day", "delay")
    for name, score in found.items():
        days = score.span / DAY
        delay = np.mean(list(score.delays.values())) / MINUTE if score.delays else np.nan
        lines.append(
            row(
                name,
                f"{score.series}",
                f"{days:.1f}",
                f"{len(score.incidents)}",
                f"{len(score.delays)}",
                f"{score.false}",
                f"{score.false / days:.2f}",
                f"{delay:.0f} min",
            )
        )
    return lines


def orderless(runs: int, readings: int) -> float:
    """Readings for each alarm in series whose order tells nothing."""
    rng = np.random.default_rng(SEED)
    times: Ints = np.arange(readings, dtype=np.int64) * MINUTE
    alarms = sum(len(watch(times, rng.normal(size=readings)).episodes) for _ in range(runs))
    return runs * readings / max(alarms, 1)
