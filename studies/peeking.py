"""Looking every second: how often identical arms alarm, and how soon a change is found.

Every count is drawn anew from its seed; a run is one watch by a person who stops at the first
alarm. The evidence is that of the monitors; the plain tests beside it show what it cures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, ndtri

from cockpit.assess.methods.anytime import widening
from cockpit.assess.methods.e_process import THRESHOLD, log_e_process
from cockpit.assess.methods.measurement import Z
from studies import _late_labels, _mean_watches, _run_length
from studies._pages import Bools, Floats, Ints, batches, first, head, row, share_of

SEED = 20_261_103
RUNS = 2_000
HOURS = 4.0
PER_SECOND = 1_000  # requests
CANARY = 0.05  # of them
RAMP = (0.01, 0.10, 0.50)  # a third of the watch each
TUNED = 300  # seconds


@dataclass(frozen=True)
class Arms:
    """Requests and errors of canary and control in each second, shape (runs, seconds).

    `planned` is the share the canary is given, shape (seconds,).
    """

    planned: Floats
    asked: Ints
    bad: Ints
    asked_control: Ints
    bad_control: Ints

    @property
    def share(self) -> Floats:
        """The share of the requests of each second that the canary had."""
        return np.asarray(self.asked / np.maximum(self.asked + self.asked_control, 1))


Rule = Callable[[Arms], Bools]  # at which second it would alarm


def run(runs: int = RUNS, hours: float = HOURS) -> str:
    """The page: what each part simulated, and what came out."""
    seconds, minutes = round(hours * 3600), round(hours * 60)
    by_minute = np.full(minutes, CANARY), _ramp(minutes)
    error = 100 * np.sqrt(0.05 * 0.95 / runs)
    steps = ", ".join(f"{share:.0%}" for share in RAMP)
    return "\n".join(
        [
            "# Looking every second",
            "",
            f"`python -m studies peeking --write`: {runs:,} runs a figure, seed {SEED}. A false "
            f"alarm is one within {hours:g} hours of two identical arms, and allowed in 5 % of "
            f"the runs; near 5 % the standard error is {error:.1f} points.",
            "",
            "## Errors of two arms",
            "",
            f"{PER_SECOND:,} requests a second, {CANARY:.0%} of them the canary's; through the "
            f"ramp it has {steps}, a third of the time each. The median time until a change is "
            "found, in an hour.",
            "",
            *_two_arms(runs, seconds),
            "",
            "## Is it wrong now",
            "",
            *_run_length.tables(runs, SEED + 1),
            "",
            "## Labels that come late",
            "",
            f"{_late_labels.DECISIONS} decisions a minute; a wrong one is known after "
            f"{_late_labels.DELAY:g} minutes on average, and then all minutes are read anew.",
            "",
            *_late_labels.table(runs, SEED + 2, *by_minute),
            "",
            "## Means",
            "",
            f"{_mean_watches.ROWS} rows a minute, looked at every minute, while the mean of both "
            f"arms moves by {_mean_watches.WANDERS:g} standard deviations.",
            "",
            *_mean_watches.table(runs, SEED + 3, *by_minute),
            "",
        ]
    )


def _ramp(steps: int) -> Floats:
    return np.repeat(RAMP, -(-steps // len(RAMP)))[:steps]


def _two_arms(runs: int, seconds: int) -> list[str]:
    """Each rule: false alarms, and the median seconds until a change is found."""
    rng = np.random.default_rng(SEED)
    steady = np.full(seconds, CANARY)
    ramp = _ramp(seconds)
    quiet = [
        _alarms(rng, runs, shares, rate, rate)
        for shares, rate in ((steady, 0.01), (steady, 0.001), (ramp, 0.01), (ramp, 0.001))
    ]
    soon = [
        _alarms(rng, runs, steady[:3600], before, after)
        for before, after in ((0.01, 0.02), (0.01, 0.013), (0.001, 0.003))
    ]
    lines = head(
        "rule",
        "errors 1 %",
        "errors 0.1 %",
        "1 %, ramp",
        "0.1 %, ramp",
        "1 → 2 %",
        "1 → 1.3 %",
        "0.1 → 0.3 %",
    )
    for name in RULES:
        false = [share_of(found[name]) for found in quiet]
        lines.append(row(name, *false, *(_median(found[name]) for found in soon)))
    return lines


def _alarms(
    rng: np.random.Generator, runs: int, shares: Floats, control: float, canary: float
) -> dict[str, Floats]:
    """The second of the first alarm of each run by each rule; infinite where there is none."""
    found: dict[str, list[Floats]] = {name: [] for name in RULES}
    for many in batches(runs):
        shape = (many, shares.size)
        asked = rng.poisson(PER_SECOND * shares, shape)
        asked_control = rng.poisson(PER_SECOND * (1 - shares), shape)
        arms = Arms(
            shares,
            asked,
            rng.binomial(asked, canary),
            asked_control,
            rng.binomial(asked_control, control),
        )
        for name, rule in RULES.items():
            found[name].append(first(rule(arms)))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _z(arms: Arms) -> Floats:
    """z of the pooled two-proportion test after each second."""
    n1, k1, n0, k0 = (
        np.cumsum(x, axis=-1) for x in (arms.asked, arms.bad, arms.asked_control, arms.bad_control)
    )
    pooled = (k1 + k0) / np.maximum(n1 + n0, 1)
    variance = pooled * (1 - pooled) * (1 / np.maximum(n1, 1) + 1 / np.maximum(n0, 1))
    difference: Floats = k1 / np.maximum(n1, 1) - k0 / np.maximum(n0, 1)
    return np.where(k1 + k0 >= 10, difference / np.sqrt(np.maximum(variance, 1e-300)), 0.0)


def _every(seconds: int) -> Rule:
    """A one-sided test at 5 %, looked at every so many seconds."""

    def rule(arms: Arms) -> Bools:
        over = _z(arms) > ndtri(0.95)
        looked = np.arange(1, over.shape[1] + 1) % seconds == 0
        return np.asarray(over & looked)

    return rule


def _once(arms: Arms) -> Bools:
    over = _z(arms) > ndtri(0.95)
    over[:, :-1] = False
    return np.asarray(over)


def _sequence(arms: Arms) -> Bools:
    """The interval of the difference, widened; it leaves zero out on the side of harm."""
    seconds = np.arange(1, arms.asked.shape[1] + 1)
    bound = Z * np.array([widening(second / TUNED) for second in seconds])
    return np.asarray(_z(arms) > bound)


def _plugged_in(arms: Arms) -> Bools:
    """The beta-binomial e-process of all errors so far, with the present share plugged in."""
    c, c_control = np.cumsum(arms.bad, axis=-1), np.cumsum(arms.bad_control, axis=-1)
    w = arms.planned
    a, b = 1.0, (1 - w) / w
    evidence = betaln(a + c, b + c_control) - betaln(a, b) - c * np.log(w)
    return np.asarray(evidence - c_control * np.log1p(-w) >= np.log(THRESHOLD))


def _grid_mixture(arms: Arms) -> Bools:
    path = log_e_process(arms.bad, arms.bad + arms.bad_control, arms.share)
    return np.asarray(path >= np.log(THRESHOLD))


RULES: dict[str, Rule] = {
    "test at 5 %, each second": _every(1),
    "test at 5 %, each minute": _every(60),
    "test at 5 %, once at the end": _once,
    "interval of the difference, widened (tuned at 5 min)": _sequence,
    "beta-binomial e-process, present share plugged in (either way)": _plugged_in,
    "**grid mixture (what the monitors use)**": _grid_mixture,
}


def _median(found: Floats) -> str:
    median = float(np.median(found))
    return f"{median:.0f} s" if np.isfinite(median) else "not within 1 h"
