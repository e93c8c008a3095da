"""The page about decisions: how they compare with plain rules, and how often intervals hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.decisions import tally
from bench.decisions.judging import MORE, RULES, Held, Judged
from bench.decisions.shapes import SHAPES
from bench.harness import ROOT

PAGE = ROOT / "docs" / "studies" / "decisions.md"
PER = 1_000  # requests a minute, where incidents of all sizes shall count alike


def page(judged: Sequence[Judged], seed: int) -> str:
    """The whole page in Markdown."""
    return "\n".join(
        [
            "# Decisions, against what was true",
            "",
            f"{len(judged)} simulated incidents of {len(SHAPES)} shapes, seed {seed}: true chances "
            "are drawn, counts from them, and the whole cockpit looks at the counts some minutes "
            "after onset. What each option would truly have done is simulated apart from it. "
            f"Written by `python -m bench.decisions --incidents {len(judged)} --seed {seed} "
            "--write`.",
            "",
            *_rules(judged),
            *_intervals(judged),
            *_shapes(judged),
            "## What is true, and what is told",
            "",
            *(f"- {shape}: {make.__doc__}" for shape, make in SHAPES.items()),
            "",
            *_WORDS,
        ]
    )


def _rules(judged: Sequence[Judged]) -> list[str]:
    scale = np.array([PER / one.requests for one in judged])
    ours = tally.regrets(judged, "cockpit")
    lines = [
        "## What was chosen",
        "",
        "Regret is the expected harm of the option chosen less that of the best option that "
        "nothing stood in the way of, in missed positives; in brackets 95 % of the bootstrap.",
        "",
        *_head(
            "rule",
            "mean regret",
            f"at {PER:,} requests a minute each",
            "less regret with the cockpit",
            "chose the best",
        ),
    ]
    for rule in RULES:
        theirs = tally.regrets(judged, rule)
        spared = "" if rule == "cockpit" else tally.mean_with_spread(theirs - ours)
        lines.append(
            _row(
                rule,
                tally.mean_with_spread(theirs),
                tally.mean_with_spread(theirs * scale),
                spared,
                tally.best(judged, rule),
            )
        )
    return [*lines, ""]


def _intervals(judged: Sequence[Judged]) -> list[str]:
    options = sorted({held.option for one in judged for held in one.held})
    lines = [
        "## How often intervals held",
        "",
        "Of the printed 90 % intervals until resolved, of harm and of wrong decisions beyond a "
        "healthy service, those that held what came to pass; in brackets Wilson's interval, as if "
        "incidents' options were apart.",
        "",
        *_head("option", "harm", "wrong decisions", "of"),
    ]
    for option in options:
        if found := tally.intervals(judged, option):
            lines.append(_row(option, *_held(found)))
    lines.append(_row("the one recommended", *_held(tally.recommended_intervals(judged))))
    return [*lines, _row("all", *_held(tally.intervals(judged))), ""]


def _held(found: Sequence[Held]) -> tuple[str, str, str]:
    harm, wrong = tally.counted(h.harm for h in found), tally.counted(h.wrong for h in found)
    return tally.share_with_interval(*harm), tally.share_with_interval(*wrong), f"{harm[1]:,}"


def _shapes(judged: Sequence[Judged]) -> list[str]:
    lines = [
        "## By shape",
        "",
        "Mean regret of each rule; how often the cockpit chose the best; how often intervals of "
        "harm held; the Brier score of its belief in each fault, Σ (p − truth)², 0 at best and 2 at worst.",
        "",
        *_head("shape", "incidents", *RULES, "best", "held", "Brier"),
    ]
    for shape in (*SHAPES, ""):
        some = [one for one in judged if one.shape == shape or not shape]
        if some:
            lines.append(
                _row(
                    shape or "all",
                    str(len(some)),
                    *(f"{tally.regrets(some, rule).mean():,.0f}" for rule in RULES),
                    tally.best(some, "cockpit"),
                    tally.share_with_interval(
                        *tally.counted(held.harm for held in tally.intervals(some))
                    ),
                    tally.brier(some),
                )
            )
    return [*lines, ""]


_WORDS = [
    "Traffic, base rates, the model's AUC, segments, the share of each version, label delays, "
    "latency and its growth with load, the size of the fault, the minutes since onset and what "
    "levers there are differ from incident to incident. The cockpit is told costs and shares as "
    "they are; minutes to effect, minutes to a fix, the quality of the rules, what throttling and "
    "pinning leave are told as a team would estimate them, log-normal around the truth with a "
    "standard deviation of 15 %.",
    "",
    "Harm is that of [the decision model](../decisions.md), beyond the same service with nothing "
    "wrong, until the fault is mended or four hours are over; where what is wrong is the traffic "
    "itself, beyond the traffic of before. It is expected over the minutes that things take; what "
    "came to pass is one draw of them. Counting noise of the future is left out.",
    "",
    "Always rolling back, and the fixed threshold, observe where rolling back is blocked. The "
    f"threshold rolls back where wrong decisions or the p99 are over {MORE:.2f} × their baseline, "
    "whatever the interval. Where the cockpit recommends nothing, nothing is done.",
    "",
]


def _head(*names: str) -> list[str]:
    return [_row(*names), _row(*("---" for _ in names))]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
