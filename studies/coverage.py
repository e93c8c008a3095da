"""How often the intervals of `cockpit.assess` hold the truth, on counts drawn from a known one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studies import _count_cases, _score_cases
from studies._cases import Case
from studies._pages import head, row

SEED = 2611
RUNS = 4_000


@dataclass(frozen=True)
class Result:
    """Share of intervals that held the truth, its Monte-Carlo standard error, mean width."""

    case: Case
    runs: int
    covered: float
    error: float
    width: float  # median of high − low where both ends are bounded
    refused: int  # runs in which the package gave no interval, rightly or not

    @property
    def holds(self) -> bool:
        """No fewer than the case promises, within twice the Monte-Carlo error."""
        return self.covered >= self.case.least - 2 * self.error


def cases() -> list[Case]:
    """Every interval at every setting."""
    return _score_cases.every() + _count_cases.every()


def measure(case: Case, runs: int = RUNS, seed: int = SEED) -> Result:
    """Draw, ask the package for its interval and see whether the truth is in it."""
    rng = np.random.default_rng([seed, *case.name.encode()])
    held, widths, refused = [], [], 0
    for _ in range(runs // case.cost):
        intervals = [x for x in case.draw(rng) if not (x.low is None and x.high is None)]
        if not intervals:
            refused += 1
            continue
        held.append(np.mean([_holds(x.low, x.truth, x.high) for x in intervals]))
        widths += [x.high - x.low for x in intervals if None not in (x.low, x.high)]
    covered, error = math.nan, math.inf
    if held:
        covered = float(np.mean(held))
        # Runs that all agree leave an error of about 3/n at most (Jovanovic & Levy 1997).
        error = max(float(np.std(held)) / math.sqrt(len(held)), 1.5 / len(held))
    width = float(np.median(widths)) if widths else math.inf
    return Result(case, runs // case.cost, covered, error, width, refused)


def _holds(low: float | None, truth: float, high: float | None) -> bool:
    return (low is None or low <= truth) and (high is None or truth <= high)


def page(results: Sequence[Result]) -> str:
    """Markdown: what was done, what was found, then every measured value."""
    lines = [
        "# How often the intervals hold the truth",
        "",
        "`python -m studies coverage --write`. Counts are drawn from a known truth, the functions "
        "of `cockpit.assess` are asked for their 95 % interval, and the truth is in it or not: "
        f"{RUNS:,} runs of each setting, fewer where the figure is slow, seed {SEED}. 92 % must "
        "hold the truth, 88 % for segments and ECE; more is allowed.",
        "",
        _found([r for r in results if r.case.least > 0]),
        "",
        "± is the standard error of the simulation, width the median distance of the two ends "
        "where both are bounded. No interval: the figure was refused, too few of a class.",
        "",
        *head("figure", "setting", "covered", "at least", "width", "runs", "no interval"),
        *(_row(r) for r in results),
        "",
        "## Where less is promised",
        "",
        "Settings with – are beyond what is promised, and shown because they occur.",
        "",
        "- A share with about one event expected. Wilson's lower end for one event is 0.18 "
        "events, so where just under that many are expected, one event already misses the truth: "
        "84 % (Brown, Cai & DasGupta 2001, § 4.1.1). From two expected events on it does not fall "
        "below 92 %.",
        "- The Brier score with under ten positives. It is a mean of a few large squares; a "
        "sample that holds none of them shows neither the mean nor its spread.",
        "- The mean of few rows of a skewed quantity, for the same reason. Student's interval "
        "needs 30 rows of an exponential one.",
        "",
    ]
    return "\n".join(lines)


def _found(promised: list[Result]) -> str:
    """Whether they hold, in a sentence."""
    short = [f"{r.case.name} ({_share(r)})" for r in promised if not r.holds]
    if short:
        return f"{len(short)} of {len(promised)} promised settings fall short: {'; '.join(short)}."
    lowest = min(promised, key=lambda r: r.covered - r.case.least)
    nearest = f"{lowest.case.name}, {_share(lowest)}"
    return f"All {len(promised)} promised settings hold; nearest to its bound is {nearest}."


def _share(r: Result) -> str:
    return f"{r.covered:.3f} ± {r.error:.3f}"


def _row(r: Result) -> str:
    return row(
        r.case.figure,
        r.case.setting,
        _share(r),
        f"{r.case.least:.2f}" if r.case.least else "–",
        "unbounded" if math.isinf(r.width) else f"{r.width:.3g}",
        f"{r.runs:,}",
        f"{r.refused:,}",
    )


def run() -> str:
    """The page."""
    return page([measure(case) for case in cases()])
