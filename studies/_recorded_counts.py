"""The detector of rates on recorded counts: PetShop's failed requests, before and in its issues."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from cockpit.assess.methods.e_detector import log_e_detector, threshold_of
from cockpit.assess.methods.intervals import wilson
from cockpit.records import DAY, MINUTE, SECOND
from studies._pages import Bools, Ints, head, row
from studies._recorded import DATA, PETSHOP, pet_site

_STEP = 5 * MINUTE
_TOLERANCE = 1.1  # times the upper end of the rate without an issue


def section(data: Path = DATA) -> list[str]:
    """Lines of the page: issues found and alarms without one."""
    answers = json.loads((data / "ground_truth.json").read_text(encoding="utf-8"))["petshop"]
    _, asked, failed = _counts(data / PETSHOP / "noissue")
    tolerated = _TOLERANCE * (wilson(int(failed.sum()), int(asked.sum())).high or 1.0)
    worst = float((failed / asked).max())
    usual = _alarmed(failed, asked, tolerated)
    begun = int(usual[0]) + int((usual[1:] & ~usual[:-1]).sum())
    found, delays = 0, []
    issues = [a for a in answers if a["target_metric"] == "availability"]
    for answer in issues:
        folder = data / PETSHOP / Path(*Path(answer["path"]).parts[-2:])
        times, asked, failed = _counts(folder)
        late = times[_alarmed(failed, asked, tolerated)] - answer["incident_start_unix"] * SECOND
        if (late >= 0).any():
            found += 1
            delays.append(float(late[late >= 0].min()) / MINUTE)
    days = len(usual) * _STEP / DAY
    return [
        "",
        "## Counts",
        "",
        "Where requests are counted there is more to see than a gauge shows. PetShop tells "
        "requests and the share that failed, so the e-detector of rates can watch them. Tolerated "
        f"are {100 * tolerated:.2f} %, the upper end of the two days without an issue and a tenth; "
        f"the threshold is {threshold_of(_STEP):,.0f} steps, a week.",
        "",
        *head("set", "days", "incidents", "found", "false", "delay"),
        row(
            "PetShop, failed requests",
            f"{days:.1f}",
            f"{len(issues)}",
            f"{found}",
            f"{begun}",
            f"{np.mean(delays):.0f} min" if delays else "",
        ),
        "",
        "The false alarms are true of their minutes, though no failure was injected: up to "
        f"{100 * worst:.0f} % of the requests of five minutes failed.",
        "",
    ]


def _alarmed(failed: Ints, asked: Ints, tolerated: float) -> Bools:
    path = log_e_detector(failed, asked, tolerated)
    return np.asarray(path >= np.log(threshold_of(_STEP)))


def _counts(folder: Path) -> tuple[Ints, Ints, Ints]:
    """Times, requests and failed requests of each step."""
    times, asked = pet_site(folder / "metrics.csv", "requests", "Sum")
    _, available = pet_site(folder / "metrics.csv", "availability", "Average")
    failed = np.rint(asked * (1 - available / 100))
    return times, asked.astype(np.int64), failed.astype(np.int64)
