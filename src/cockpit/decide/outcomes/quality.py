"""How often each version would decide wrongly, under each fault.

A faulty model spoils the new version; bad features spoil every version that reads them, the one
before more or less; another mix of traffic is as hard for both; capacity and noise spoil nothing.
What is measured of a version goes before what a fault leads one to expect, the more the more of its
decisions are labelled. Rates are pairs: wrongly decided 1, wrongly decided 0, shape (2, draws).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.baseline import COMPLETE
from cockpit.config import Config
from cockpit.decide.facts.cells import Cell, Confusion
from cockpit.decide.facts.health import Health, Usual
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.outcomes import chance
from cockpit.units import parse_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXPECTED_ROWS = 50.0  # labelled decisions that what a fault leads one to expect is worth
GIVEN_ROWS = 400.0  # and those that a share given in the configuration is worth
COMPARABLE = 30  # labelled decisions from which a version can stand in for a baseline
DATA, MODEL, MIX = "data", "model", "mix"


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the traffic: what is healthy there, what the new version does now, and draws.

    `healthy` is of labels that had time, `young` of labels as young as those of now; `wander` is by
    how much a healthy service may differ from what it was. `spoiled` is the new version where it,
    or its data, is at fault. `positives` is the share of requests that are positive, null where
    that is not known or wrong decisions are not told apart: then all of them, of every version,
    stand among those wrongly decided 0; `as_they_come` is that share by the labels of now alone.
    `misjudged` is by how many times what is measured beyond healthy may be off, not by chance.
    `settling` says that labels are coming.
    """

    healthy: Floats
    young: Floats
    wander: Floats
    spoiled: Floats
    gain: Floats
    shared: Floats
    positives: Floats | None
    as_they_come: float | None
    misjudged: Floats
    told_apart: bool
    settling: bool


def part_of(measured: Measured, name: str, config: Config, size: int) -> Part | None:
    """What is known and assumed of one part; null where neither labels nor a baseline tell."""
    health = measured.health[name] or _least_wrong(measured, name)
    if health is None:
        return None
    key = name or "everything"
    young = np.stack(
        [
            _usual(f"healthy false positives {key}", health.false_positives, size),
            _usual(f"healthy false negatives {key}", health.false_negatives, size),
        ]
    )
    healthy = _settled(measured, young, name, health.told_apart, size)
    times = chance.lognormal(config.decisions.unlabelled, chance.normal("unlabelled", size))
    mean, error = (parse_share(text) for text in config.decisions.improvement)
    gain = np.maximum(mean + error * chance.normal("improvement", size), 0.0)
    least, most = config.decisions.shared_fault
    part = Part(
        healthy=healthy,
        young=young,
        wander=parse_share(config.decisions.wander) * chance.normal("wander", size) * healthy,
        spoiled=np.minimum(healthy * times, 0.5),
        gain=gain * healthy,
        shared=least + (most - least) * chance.uniform("shared fault", size),
        positives=_positives(measured, name, size) if health.told_apart else None,
        as_they_come=_settled_positives(measured, name)[1] if health.told_apart else None,
        misjudged=_misjudged(parse_share(config.decisions.misjudged), size),
        told_apart=health.told_apart,
        settling=measured.settled is not None and (measured.coverage or 0.0) < COMPLETE,
    )
    new = measured.cells.get((measured.versions.new, name))
    return replace(part, spoiled=_seen(part.spoiled, new, part, size))


def wrong_under(
    fault: str, version: str, measured: Measured, name: str, part: Part, size: int
) -> Floats:
    """A version's wrong decisions in a part if that fault is the cause, (2, draws)."""
    cell = measured.cells.get((version, name))
    if version == measured.versions.new:
        if fault == MIX:
            return _seen(part.healthy, cell, _as_it_comes(part), size)
        return part.spoiled if fault in (MODEL, DATA) else part.healthy
    if fault == MODEL:
        expected = part.healthy
    elif fault == DATA:
        expected = np.maximum(part.healthy + part.shared * (part.spoiled - part.healthy), 0.0)
    elif fault == MIX:
        new = measured.cells.get((measured.versions.new, name))
        part = _as_it_comes(part)
        expected = _seen(part.healthy, new, part, size) + part.gain
    else:
        return part.healthy + part.gain
    return _seen(expected, cell, part, size)


def pinned_under(fault: str, part: Part, new: Floats, restored: float) -> Floats:
    """The new version on the last good features: part of what bad ones spoil is restored."""
    if fault != DATA:
        return new
    return np.maximum(new + restored * (part.healthy - part.spoiled), 0.0)


def given_wrong(
    name: str, rules: Rules, part: Part | None, size: int
) -> tuple[Floats, Floats | None]:
    """Wrong decisions of what is only assumed, and its hits (draws,) where its precision is given.

    Raises ValueError where no share of wrong decisions is assumed: the caller asks first.
    """
    if rules.wrong_share is None:
        raise ValueError("no share of wrong decisions is assumed")
    rows = GIVEN_ROWS
    wrong = chance.share(name, rules.wrong_share * rows, (1.0 - rules.wrong_share) * rows, size)
    flagged = None if part is None else _flagged(part)
    if rules.precision is None or flagged is None:
        return _split_as_healthy(wrong, part), None
    false_positives = np.minimum(flagged * (1.0 - rules.precision), wrong)
    return np.stack([false_positives, wrong - false_positives]), flagged * rules.precision


def _split_as_healthy(wrong: Floats, part: Part | None) -> Floats:
    """Wrong decisions as the healthy service splits its own; all missed where nothing tells."""
    if part is None:
        return np.stack([np.zeros_like(wrong), wrong])
    share = part.healthy[0] / np.maximum(part.healthy.sum(axis=0), 1e-12)
    return np.stack([wrong * share, wrong * (1.0 - share)])


def _flagged(part: Part) -> Floats | None:
    """How often a healthy service decides 1, (draws,)."""
    if part.positives is None:
        return None
    flagged: Floats = np.maximum(part.positives - part.healthy[1] + part.healthy[0], 0.0)
    return flagged


def _seen(expected: Floats, cell: Cell | None, part: Part, size: int) -> Floats:
    """What was expected, corrected by what is measured of a version.

    What is measured is made as old as the healthy rates of a part are.
    """
    if cell is None or cell.source != "measured":
        return expected
    weight = cell.labelled / (cell.labelled + EXPECTED_ROWS)
    if part.settling and part.positives is not None and cell.confusion is not None:
        own = _by_class(cell, cell.confusion, part.positives, size)
    else:
        own = np.maximum(measured_wrong(cell, part, size) + part.healthy - part.young, 0.0)
    own = np.maximum(part.healthy + part.misjudged * (own - part.healthy), 0.0)
    own = own / np.maximum(own.sum(axis=0), 1.0)  # no more than all of them
    corrected: Floats = weight * own + (1.0 - weight) * expected
    return corrected


def _misjudged(deviation: float, size: int) -> Floats:
    """Lognormal times with a mean of one, (draws,)."""
    times: Floats = np.exp(deviation * chance.normal("misjudged", size) - deviation**2 / 2.0)
    return times


def _as_it_comes(part: Part) -> Part:
    """Another mix has another share of positives: what the labels of now tell of it."""
    if part.as_they_come is None:
        return part
    return replace(part, positives=np.full_like(part.misjudged, part.as_they_come))


def _by_class(cell: Cell, counts: Confusion, positives: Floats, size: int) -> Floats:
    """Wrong decisions once all labels are known, by how often each class is decided wrongly.

    One class is labelled sooner than the other, so shares of all young labels mislead; how many
    of the positives are missed, and of the negatives flagged, they tell all the same.
    """
    key = f"{cell.version} {cell.part}"
    flagged = chance.share(f"flagged {key}", counts.false_positives, counts.true_negatives, size)
    missed = chance.share(f"missed {key}", counts.false_negatives, counts.true_positives, size)
    return np.stack([flagged * (1.0 - positives), missed * positives])


def measured_wrong(cell: Cell, part: Part, size: int) -> Floats:
    """A version's own wrong decisions as counted, (2, draws)."""
    key = f"wrong {cell.version} {cell.part}"
    wrong = chance.share(key, cell.wrong, cell.labelled - cell.wrong, size)
    counts = cell.confusion
    if not part.told_apart:
        false_alarms = np.zeros(size)
    elif counts is None:  # as in a healthy service
        false_alarms = part.young[0] / np.maximum(part.young.sum(axis=0), 1e-12)
    else:
        false_alarms = chance.share(
            f"false alarms {key}", counts.false_positives, counts.false_negatives, size
        )
    return np.stack([wrong * false_alarms, wrong * (1.0 - false_alarms)])


def _settled(measured: Measured, young: Floats, name: str, told_apart: bool, size: int) -> Floats:
    """The healthy rates of a part once labels had time, in proportion to those of everything."""
    whole, settled = measured.healthy, measured.settled
    if settled is None or whole is None or whole.told_apart != told_apart:
        return young
    counts = (settled.false_positives, settled.false_negatives)
    if not told_apart:
        counts = (0, sum(counts))
    rates = []
    for index, usual in enumerate((whole.false_positives, whole.false_negatives)):
        if measured.segment is None or usual.value <= 0.0:
            key = f"settled {index} {name}"
            rates.append(chance.share(key, counts[index], settled.n - counts[index], size))
        else:
            rates.append(young[index] * (counts[index] / settled.n) / usual.value)
    if not told_apart:
        rates[0] = np.zeros(size)
    return np.minimum(np.stack(rates), 1.0)


def _usual(name: str, usual: Usual, size: int) -> Floats:
    if usual.value <= 0.0 and usual.error <= 0.0:
        return np.zeros(size)
    rows = usual.rows
    return chance.share(name, usual.value * rows, (1.0 - usual.value) * rows, size)


def _least_wrong(measured: Measured, name: str) -> Health | None:
    """The least wrong version stands in for a baseline where there is none."""
    cells = [
        cell
        for (_, part), cell in measured.cells.items()
        if part == name and cell.source == "measured" and cell.labelled >= COMPARABLE
    ]
    if not cells:
        return None
    best = min(cells, key=lambda cell: cell.wrong / cell.labelled)
    counts, rows = best.confusion, best.labelled
    false_positives = 0 if counts is None else counts.false_positives
    return Health(
        _counted(false_positives, rows),
        _counted(best.wrong - false_positives, rows),
        told_apart=counts is not None,
    )


def _counted(yes: int, rows: int) -> Usual:
    value = yes / rows
    return Usual(value, (value * (1.0 - value) / rows) ** 0.5)


def _positives(measured: Measured, name: str, size: int) -> Floats | None:
    """The share of positives in a part, (draws,); null where no label tells.

    If there are more positives now than among labels as young, either there are more, or they are
    labelled sooner than they were: nothing tells, so any share between may be so.
    """
    before, now = _settled_positives(measured, name)
    if before is None or now is None:
        return None
    return before + chance.uniform("positives", size) * (now - before)


def _settled_positives(measured: Measured, name: str) -> tuple[float | None, float | None]:
    """The share of positives in a part once labels had time: as before, and as labels say now.

    Labels that had time are of everything: the part has as many more, or less, as it has of those
    known now.
    """
    here, everywhere = _positive_share(measured, [name]), _positive_share(measured, measured.parts)
    if measured.settled is None or not everywhere:
        return here, here
    settled = measured.settled.positives / measured.settled.n
    settled *= (here or everywhere) / everywhere
    young = None if measured.healthy is None else measured.healthy.positives
    more = 1.0 if not young else everywhere / young
    return min(settled, 1.0), min(settled * more, 1.0)


def _positive_share(measured: Measured, parts: Sequence[str]) -> float | None:
    """The share of positives among the labels known now, over all versions."""
    counts = [c.confusion for (_, part), c in measured.cells.items() if part in parts]
    known = [c for c in counts if c is not None]
    rows = sum(
        c.true_positives + c.false_positives + c.false_negatives + c.true_negatives for c in known
    )
    if rows == 0:
        return None
    return sum(c.true_positives + c.false_negatives for c in known) / rows
