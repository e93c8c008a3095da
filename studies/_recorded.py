"""The recorded series of ../shared/data and when each was truly wrong, as series of one form."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cockpit.records import MINUTE, SECOND
from studies._pages import Floats, Ints

DATA = Path(__file__).parents[1].parent / "shared" / "data"
_FAULT = 8 * MINUTE  # faults of Nezha follow each other this closely
PETSHOP = Path("petshop_low_traffic", "dataset", "low_traffic")
_NEZHA = Path("nezha_2022-08-22", "rca_data", "2022-08-22", "metric")
_OF_A_POD = (
    "CpuUsageRate(%)",
    "PodServerLatencyP90(s)",
    "PodClientLatencyP90(s)",
    "PodWorkload(Ops)",
)


@dataclass(frozen=True, eq=False)
class Recorded:
    """One series and its incidents, each a name and its first and last instant, µs.

    Incidents of one name are one incident seen in several series. `again` says that the series
    before the incident is that of another one too, whose false episodes are not to count twice.
    """

    data_set: str
    name: str
    times: Ints
    values: Floats
    incidents: list[tuple[str, int, int]]
    again: bool = False


def every(data: Path = DATA) -> list[Recorded]:
    """All series of the four sets."""
    answers = json.loads((data / "ground_truth.json").read_text(encoding="utf-8"))
    return [
        *_nab(data, answers["nab"]),
        *_cloud(data, answers["ms_cloud_monitoring"]),
        *_petshop(data, answers["petshop"]),
        *_nezha(data, answers["nezha"]),
    ]


def nab_file(data: Path, answer: dict[str, list[dict[str, str]]]) -> Recorded:
    """One file of the Numenta Anomaly Benchmark with its windows."""
    file = str(answer["file"])
    times, values = _columns(data / file, "timestamp", "value")
    windows = [(_instant(w["start"]), _instant(w["end"])) for w in answer["windows"]]
    return Recorded("NAB", Path(file).stem, times, values, _named(file, windows))


def _nab(data: Path, answers: list[dict[str, list[dict[str, str]]]]) -> list[Recorded]:
    return [nab_file(data, answer) for answer in answers]


def _cloud(data: Path, answers: list[dict[str, object]]) -> list[Recorded]:
    """Hourly counts and latencies; an incident is a run of points labelled anomalous."""
    found = []
    for answer in answers:
        file = str(answer["file"])
        path = data / "ms_cloud_monitoring" / "data" / file
        times, values = _columns(path, "TimeStamp", "Value")
        runs = [(_instant(run["start"]), _instant(run["end"])) for run in answer["runs"]]
        found.append(Recorded("cloud monitoring", file, times, values, _named(file, runs)))
    return found


def _petshop(data: Path, answers: list[dict[str, object]]) -> list[Recorded]:
    """The metric an injected issue was aimed at: five readings, after two days without an issue.

    The two days were recorded four months later, so the readings are moved to their end.
    """
    found, seen = [], set()
    for answer in answers:
        metric, statistic = str(answer["target_metric"]), str(answer["target_agg"])
        folder = data / PETSHOP / Path(*Path(str(answer["path"])).parts[-2:])
        usual, values = pet_site(data / PETSHOP / "noissue" / "metrics.csv", metric, statistic)
        times, readings = pet_site(folder / "metrics.csv", metric, statistic)
        later = int(usual[-1]) + 5 * MINUTE - int(times[0])
        begin = int(answer["incident_start_unix"]) * SECOND + later
        found.append(
            Recorded(
                "PetShop",
                f"{folder.parent.name} {folder.name}",
                np.concatenate([usual, times + later]),
                np.concatenate([values, readings]),
                [(str(folder), begin, int(times[-1]) + later)],
                again=(metric, statistic) in seen,
            )
        )
        seen.add((metric, statistic))
    return found


def pet_site(path: Path, metric: str, statistic: str) -> tuple[Ints, Floats]:
    """A metric of the site; three lines of headings name service, metric and statistic."""
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    column = list(zip(*rows[:3], strict=True)).index(("PetSite", metric, statistic))
    read = [row for row in rows[3:] if row[0].replace(".", "").isdigit()]
    return _series([float(row[0]) for row in read], [row[column] for row in read])


def _nezha(data: Path, answers: list[dict[str, str]]) -> list[Recorded]:
    """Four metrics of each pod that had a fault; a fault of a pod is one incident in all four."""
    found = []
    for pod in sorted({answer["root_cause_pod"] for answer in answers}):
        begins = [int(a["published_unix"]) for a in answers if a["root_cause_pod"] == pod]
        faults = [(f"{pod} {b}", b * SECOND, b * SECOND + _FAULT) for b in begins]
        with (data / _NEZHA / f"{pod}_metric.csv").open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        for metric in _OF_A_POD:
            times, values = _series(
                [float(row["TimeStamp"]) for row in rows], [row[metric] for row in rows]
            )
            found.append(Recorded("Nezha", f"{pod} {metric}", times, values, faults))
    return found


def _series(seconds: list[float], values: list[str]) -> tuple[Ints, Floats]:
    """Readings as they are given: a missing one is NaN, times may run backwards."""
    times = np.array([round(second * SECOND) for second in seconds], dtype=np.int64)
    return times, np.array([float(value or "nan") for value in values])


def _columns(path: Path, time: str, value: str) -> tuple[Ints, Floats]:
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    times = np.array([_instant(row[time]) for row in rows], dtype=np.int64)
    return times, np.array([float(row[value] or "nan") for row in rows])


def _named(file: str, windows: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    return [(f"{file} {i}", begin, end) for i, (begin, end) in enumerate(windows)]


def _instant(text: str) -> int:
    """µs UTC; a time without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * SECOND)
