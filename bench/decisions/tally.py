"""What many incidents say together: means with their spread, shares with their interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bench.decisions.judging import Held, Judged
from bench.decisions.quality import Floats
from cockpit.assess.methods.intervals import wilson

RESAMPLES = 2_000


def regrets(judged: Sequence[Judged], rule: str) -> Floats:
    """The regret of each incident."""
    return np.array([one.regret(rule) for one in judged])


def mean_with_spread(values: Floats, seed: int = 1) -> str:
    """'1,240 [980, 1,510]': the mean, and 95 % of the bootstrap's means (Efron 1979)."""
    rng = np.random.default_rng(seed)
    means = values[rng.integers(len(values), size=(RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return f"{values.mean():,.0f} [{low:,.0f}, {high:,.0f}]"


def intervals(judged: Sequence[Judged], option: str = "") -> list[Held]:
    """Whether the printed intervals of an option held; "" is every option."""
    return [held for one in judged for held in one.held if option in ("", held.option)]


def recommended_intervals(judged: Sequence[Judged]) -> list[Held]:
    """The same of the options that the cockpit recommended."""
    return [held for one in judged for held in one.held if held.option == one.chosen["cockpit"]]


def counted(found: Iterable[bool | None]) -> tuple[int, int]:
    """How many held, of how many that were printed."""
    told = [held for held in found if held is not None]
    return sum(told), len(told)


def share_with_interval(k: int, n: int) -> str:
    """'91 % [87, 94]', Wilson's interval; '–' of none."""
    if n == 0:
        return "–"
    found = wilson(k, n)
    assert found.low is not None
    assert found.high is not None
    return f"{100 * k / n:.0f} % [{100 * found.low:.0f}, {100 * found.high:.0f}]"


def best(judged: Sequence[Judged], rule: str) -> str:
    """In which share of the incidents a rule chose the best option, or one as good."""
    return f"{100 * np.mean([one.best(rule) for one in judged]):.0f} %"


def brier(judged: Sequence[Judged]) -> str:
    """The mean of the incidents that have one."""
    told = [one.brier for one in judged if one.brier is not None]
    return f"{np.mean(told):.2f}" if told else "–"
