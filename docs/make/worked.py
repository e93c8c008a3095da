"""The arithmetic of two containment options, done again from what the commands print as JSON.

It takes the mean of each thing that the table draws 5,000 times, and nothing of `cockpit.decide`.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from docs.make.counted import Cell, Facts, Part

Z90 = 1.2816  # the normal quantile at .90
RULES_ROWS = 400  # labelled decisions that a share given in the configuration is worth
AGAIN = 1.5  # what a failed attempt adds, in times of its minutes


def worked(document: dict[str, Any], table: dict[str, Any]) -> list[str]:
    """From counts to the wrong decisions of observing and of 'segment off', if data is at fault."""
    facts, assumed = Facts(document), {a["key"]: a["value"] for a in table["assumptions"]}
    rows = {row["id"]: row for row in table["options"]}
    segment = rows["segment_off"]["label"].removeprefix("segment off: ")
    requests = facts.of("requests")
    span = (requests["window"]["end"] - requests["window"]["start"]) / 60e6
    rate = requests["n"] / span
    fix = _pair(assumed["decisions.minutes_to_fix"])
    horizon = 60 * float(assumed["decisions.horizon"].removesuffix("h"))
    minutes = until_mended(fix, horizon)
    parts = facts.parts(segment)
    told = [_told(part, facts.cells(segment, part.name == segment), assumed) for part in parts]
    (inside, outside), healthy = ([sum(one.excess) for one in told], told[0].healthy)
    return [
        f"traffic        {requests['n']:,} requests in {span:g} min: {rate:,.1f} a minute",
        f"until mended   σ = ln({fix[1]:g} ÷ {fix[0]:g}) ÷ {Z90} = {_sigma(fix):.4f}, "
        f"E[min(T, {horizon:g})] = {minutes:.2f} min",
        "",
        _row(*(above for above, _ in COLUMNS)),
        _row(*(below for _, below in COLUMNS)),
        *(line for one in told for line in one.lines),
        "",
        *(one.healthy_line for one in told),
        "",
        "observe",
        "  share × (serves × excess, added up, less the last step of healthy)"
        f"     {inside:.5f} {_added(outside)} = {inside + outside:.5f}",
        f"  {rate:,.1f} × {minutes:.2f} × {inside + outside:.5f} = "
        f"{rate * minutes * (inside + outside):,.0f}"
        f"    the table says {rows['observe']['until']['value']:,.0f}",
        *_weighed(rate * minutes, [one.excess for one in told], assumed, rows["observe"]),
        "",
        *_switched_off(
            (rate, minutes), parts[0], healthy, (inside, outside), rows["segment_off"], assumed
        ),
    ]


COLUMNS = (
    ("", "part"),
    ("", "version"),
    ("", "serves"),
    ("wrong of", "labelled"),
    ("wrong", "by class"),
    ("healthy", "settled"),
    ("weight", "n/(n+50)"),
    ("excess", "by fault"),
    ("excess", "taken"),
)


class Told(NamedTuple):
    """One part: its lines, its excess by kind as a share of all requests, what is healthy there."""

    lines: list[str]
    excess: tuple[float, float]
    healthy: float
    healthy_line: str


def _told(part: Part, cells: list[Cell], assumed: dict[str, str]) -> Told:
    """How often each version is wrong beyond what is healthy, the new version first."""
    times = _mean(_pair(assumed["decisions.unlabelled"]))
    shared = sum(_pair(assumed["decisions.shared_fault"])) / 2
    gain = float(assumed["decisions.improvement"].strip("[]").split("%")[0]) / 100
    older = sum(cell.serves for cell in cells[1:])
    alarms, missed = (-older * gain * kind for kind in part.settled)
    new: tuple[float, float] | None = None
    lines = []
    for cell in cells:
        expected = _expected(part, new, times, shared)
        found = _excess(cell, part, expected)
        new = new or found
        alarms += cell.serves * found[0]
        missed += cell.serves * found[1]
        lines.append(
            _row(
                part.name,
                cell.version,
                f"{cell.serves:.3f}",
                f"{cell.alarms + cell.missed:,} of {cell.labelled:,}",
                f"{sum(cell.rates(part.positives)):.5f}",
                f"{sum(part.settled):.5f}",
                f"{cell.weight:.3f}",
                _signed(sum(expected)),
                _signed(sum(found)),
            )
        )
    settled = sum(part.settled)
    healthy = settled * (1 + older * gain)
    return Told(
        lines=lines,
        excess=(part.share * alarms, part.share * missed),
        healthy=healthy,
        healthy_line=f"healthy, {part.name:<11} {settled:.5f} once labels had time, "
        f"× (1 + {older:.3f} × {gain:.0%}) = {healthy:.5f}",
    )


def _expected(
    part: Part, new: tuple[float, float] | None, times: float, shared: float
) -> tuple[float, float]:
    """Excess by the fault alone: of the new version from the healthy, of the other from the new."""
    if new is None:
        return (times - 1) * part.settled[0], (times - 1) * part.settled[1]
    return shared * new[0], shared * new[1]


def _excess(cell: Cell, part: Part, expected: tuple[float, float]) -> tuple[float, float]:
    """Counts by class less what is healthy, drawn towards what the fault says."""
    alarms, missed = (
        cell.weight * (own - healthy) + (1 - cell.weight) * by_fault
        for own, healthy, by_fault in zip(
            cell.rates(part.positives), part.settled, expected, strict=True
        )
    )
    return alarms, missed


def _weighed(
    requests: float, excess: list[tuple[float, float]], assumed: dict[str, str], row: dict[str, Any]
) -> list[str]:
    """The same as harm: false alarms count less, and fewer missed ones count against."""
    alarms, missed = (requests * sum(one[kind] for one in excess) for kind in (0, 1))
    weight = float(assumed["model.harm.false_positive"])
    return [
        f"  as harm, {alarms:,.0f} false alarms more and {_signed(missed, 0)} missed:",
        f"  {weight:g} × {alarms:,.0f} {_added(missed, 0)} = {weight * alarms + missed:,.0f}"
        f"    the table says {row['harm']['value']:,.0f}",
    ]


def _switched_off(
    span: tuple[float, float],
    part: Part,
    healthy: float,
    now: tuple[float, float],
    row: dict[str, Any],
    assumed: dict[str, str],
) -> list[str]:
    """`span` is requests a minute and minutes; `now` the excess inside and outside the segment."""
    (rate, minutes), (inside, outside) = span, now
    given = float(assumed["options.rules.wrong_share"].rstrip("%")) / 100
    rules = (given * RULES_ROWS + 0.5) / (RULES_ROWS + 1)
    pair = _pair(assumed["options.segment_off.minutes"])
    fails = float(assumed["options.segment_off.fails"].rstrip("%")) / 100
    before = _mean(pair) * (1 + AGAIN * fails)
    after = part.share * (rules - healthy) + outside
    wrong = rate * (before * (inside + outside) + (minutes - before) * after)
    return [
        row["label"],
        f"  the rules, {given:.0%} wrong     {rules:.5f} − {healthy:.5f} = {rules - healthy:.5f}",
        f"  once it is in effect     {part.share:.5f} × {rules - healthy:.5f} "
        f"{_added(outside)} = {after:.5f}",
        f"  until then     {pair[0]:g} e^(σ²/2) × (1 + {AGAIN:g} × {fails:.0%}) = {before:.2f} min",
        f"  {rate:,.1f} × ({before:.2f} × {inside + outside:.5f} + {minutes - before:.2f} × "
        f"{after:.5f}) = {wrong:,.0f}    the table says {row['until']['value']:,.0f}",
    ]


def _row(*cells: str) -> str:
    widths = (-11, -8, 6, 14, 13, 10, 10, 10, 10)
    return "".join(
        f"{cell:<{-width}}" if width < 0 else f"{cell:>{width}}"
        for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def _signed(value: float, digits: int = 5) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")


def _added(value: float, digits: int = 5) -> str:
    """'+ 0.00381', '− 654'."""
    return f"{'−' if value < 0 else '+'} {abs(value):,.{digits}f}"


def until_mended(pair: tuple[float, float], horizon: float) -> float:
    """E[min(T, horizon)] of a lognormal T by its median and 90th percentile, in minutes.

    e^(μ + σ²/2) · Φ((ln h − μ − σ²) ÷ σ) + h · (1 − Φ((ln h − μ) ÷ σ)).
    """
    mu, sigma = math.log(pair[0]), _sigma(pair)
    log = math.log(horizon)
    mended = math.exp(mu + sigma**2 / 2) * _below((log - mu - sigma**2) / sigma)
    return mended + horizon * (1 - _below((log - mu) / sigma))


def _below(z: float) -> float:
    """The normal distribution function."""
    return (1 + math.erf(z / math.sqrt(2))) / 2


def _sigma(pair: tuple[float, float]) -> float:
    return math.log(pair[1] / pair[0]) / Z90


def _mean(pair: tuple[float, float]) -> float:
    """Mean of a lognormal by its median and 90th percentile."""
    return pair[0] * math.exp(_sigma(pair) ** 2 / 2)


def _pair(text: str) -> tuple[float, float]:
    """'[90, 148]'."""
    first, second = (float(number) for number in text.strip("[]").split(","))
    return first, second
