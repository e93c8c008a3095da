"""Error budgets of the objectives: how fast each burns, over two spans of time at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cockpit.assess.inputs import BURN_SPANS
from cockpit.assess.methods.anytime import widening
from cockpit.assess.objectives import budgets
from cockpit.assess.service.burn import FASTEST, THRESHOLDS, burn_rate, certainty, time_left
from cockpit.assess.service.tallies import tallies
from cockpit.assess.verdicts import SURE, Verdict
from cockpit.records import DAY, HOUR, Burn, Window
from cockpit.text import inert
from cockpit.units import clock_near, duration

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment
    from cockpit.assess.objectives import Budget
    from cockpit.assess.service.burn import Tally
    from cockpit.records import Estimate, VerdictWord

_WORDS: dict[float, VerdictWord] = dict(
    zip(THRESHOLDS, ("critical", "degraded", "watch"), strict=True)
)


def burns(moment: Moment) -> list[Burn]:
    """Each objective's burn over each pair of spans, the fastest first."""
    found = []
    for budget in budgets(moment.inputs.config):
        counted, source = tallies(moment.inputs, budget)
        rates = {span: _estimate(moment, budget, tally, source) for span, tally in counted.items()}
        spent, since = _spent(budget, counted, rates, moment.inputs.as_of_fast)
        for (long, short), threshold in zip(BURN_SPANS, THRESHOLDS, strict=True):
            left = time_left(rates[long].value, spent, budget.window)
            told = _sentence(budget, counted[long], counted[short], rates[long], rates[short], left)
            if left is not None:
                before = clock_near(since, moment.inputs.at)
                told += f" · what was spent before {before} is unknown, assumed none"
            chance = certainty(counted[long], counted[short], threshold, budget.allowed)
            sure = chance is not None and chance >= SURE
            found.append(
                Burn(
                    objective=inert(budget.objective),
                    threshold=threshold,
                    long=rates[long],
                    short=rates[short],
                    certainty=chance,
                    sure=sure,
                    telling=sure or threshold == FASTEST,
                    left=left,
                    sentence=told,
                )
            )
    return found


def burn_rates(found: list[Burn]) -> list[Estimate]:
    """One figure for each objective: over the pair of spans that surely burns, else the first."""
    every: dict[str, list[Burn]] = {}
    for burn in found:
        every.setdefault(burn.objective, []).append(burn)
    return [
        _judged(next((burn for burn in of_it if burn.sure), of_it[0])) for of_it in every.values()
    ]


def paged(moment: Moment, estimates: list[Estimate], found: list[Burn]) -> list[Estimate]:
    """The same estimates; critical is the one whose objective burns fast enough to page."""
    pages = {b.objective: b for b in found if b.threshold == FASTEST and b.sure}
    why = {
        budget.metrics[0]: pages[inert(budget.objective)]
        for budget in budgets(moment.inputs.config)
        if budget.metrics and inert(budget.objective) in pages
    }
    return [
        replace(e, verdict="critical", sentence=f"{e.sentence}; pages: {why[e.name].sentence}")
        if e.name in why and e.version is None and e.segment is None and e.value is not None
        else e
        for e in estimates
    ]


def _judged(burn: Burn) -> Estimate:
    rate = burn.long
    word: VerdictWord = "not enough data"  # of either span, or its interval spans 1 and is wide
    if burn.sure:
        word = _WORDS[burn.threshold]
    elif rate.value is not None and rate.low is not None and rate.high is not None:
        wider = widening(1.0)
        low, high = (rate.value + wider * (end - rate.value) for end in (rate.low, rate.high))
        if burn.short.value is not None and high <= 1.0:
            word = "fine"
        elif low > 1.0 or (burn.short.value is not None and high - low <= 1.0):
            word = "watch"
    return replace(rate, id=f"burn_rate@{burn.objective}", verdict=word, sentence=burn.sentence)


def _estimate(moment: Moment, budget: Budget, tally: Tally, source: str) -> Estimate:
    made = moment.estimate(
        "burn_rate",
        burn_rate(tally, budget.allowed),
        source=source,
        fast=True,
        verdict=Verdict("", ""),
    )
    end = moment.inputs.as_of_fast
    return replace(
        made,
        id=f"burn_rate@{inert(budget.objective)}@{_length(tally.span)}",
        window=Window(start=end - tally.known, end=end),
    )


def _spent(
    budget: Budget, counted: dict[int, Tally], rates: dict[int, Estimate], now: int
) -> tuple[float, int]:
    """Share of the budget that the longest span within its window burnt, and since when (µs)."""
    for span in sorted(counted, reverse=True):
        rate, known = rates[span].value, counted[span].known
        if rate is not None and span <= budget.window:
            return rate * known / budget.window, now - known
    return 0.0, now


def _sentence(
    budget: Budget,
    long: Tally,
    short: Tally,
    long_rate: Estimate,
    short_rate: Estimate,
    left: int | None,
) -> str:
    """'latency budget burns 6.1×, gone in 3 h · over 1 h, 7.2× over 5 min'."""
    name = f"{inert(budget.objective)} budget"
    if long_rate.value is None:
        return f"{name}: {long_rate.reason}"
    gone = "" if left is None else f", gone in {duration(left)}" if left > 0 else ", gone"
    burning = f"burns {long_rate.value:,.1f}×{gone}" if long_rate.value > 0.0 else "does not burn"
    lately = short_rate.reason if short_rate.value is None else f"{short_rate.value:,.1f}×"
    told = f"{name} {burning} · over {_known(long)}, {lately} over {_known(short)}"
    return f"{told} · {long.note}" if long.note else told


def _known(tally: Tally) -> str:
    """'6 h', or 'the 20 min recorded of 6 h'."""
    if tally.known >= tally.span:
        return _length(tally.span)
    return f"the {duration(tally.known)} recorded of {_length(tally.span)}"


def _length(span: int) -> str:
    """'3 d', '1 h', '30 min'."""
    for unit, name in ((DAY, "d"), (HOUR, "h")):
        if span % unit == 0:
            return f"{span // unit} {name}"
    return duration(span)
