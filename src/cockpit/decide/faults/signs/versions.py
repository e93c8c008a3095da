"""Signs that tell versions apart: the new one alone worse, both alike, a shadow that disagrees."""

from __future__ import annotations

from cockpit import numbers
from cockpit.decide.facts.cells import Cell
from cockpit.decide.facts.estimates import is_bad, probability_above
from cockpit.decide.facts.measured import Measured
from cockpit.decide.faults.signs.look import RISE, SURE, Look, not_seen, seen, stated, unknown
from cockpit.decide.faults.signs.quality import of_quality
from cockpit.records import Assessment

_AGREE = 0.95  # share of rows that two healthy versions decide alike, at least
_RARE = 0.001  # a share of wrong decisions that rose by less is not worse
_QUANTILES = 64  # of one version's posterior, over which the other's is averaged


def only_new_worse(facts: Assessment, measured: Measured) -> Look:
    """The new version rose, and the one beside it by less than half as much."""
    new, beside = _pair(measured)
    if new is None or beside is None:
        return _alone(measured)
    said = _said(new, beside)
    rose, apart = _rose(new), _apart(new, beside)
    if rose >= SURE and apart >= SURE:
        return seen(f"{said}: P {_p(apart)} that {new.version} alone is worse")
    if rose >= SURE and apart <= 1.0 - SURE:
        return not_seen(f"{said}: P {_p(1.0 - apart)} that both are worse")
    if _much_worse(new) <= 1.0 - SURE:
        return not_seen(f"{said}: {new.version} is not worse")
    return _by_other_figures(facts, new.version) or _too_few(new, beside, said)


def versions_alike(measured: Measured) -> Look:
    """The new version rose, and the one beside it by at least half as much."""
    new, beside = _pair(measured)
    if new is None or beside is None:
        return _alone(measured)
    said = _said(new, beside)
    if new.healthy is None:
        return unknown(f"{said}: no baseline to tell whether both are worse")
    rose, apart = _rose(new), _apart(new, beside)
    if rose >= SURE and apart <= 1.0 - SURE:
        return seen(f"{said}: P {_p(1.0 - apart)} that both are worse")
    if rose >= SURE and apart >= SURE:
        return not_seen(f"{said}: P {_p(apart)} that {new.version} alone is worse")
    if _much_worse(new) <= 1.0 - SURE:
        return not_seen(f"{said}: {new.version} is not worse")
    return _too_few(new, beside, said)


def shadow_disagrees(facts: Assessment) -> Look:
    """A shadow decided fewer rows like what served than two healthy versions would."""
    agreements = [e for e in facts.versions if e.name == "agreement" and e.value is not None]
    if not agreements:
        return unknown("no shadow scored the same rows")
    least = min(agreements, key=lambda e: e.value or 0.0)
    said = f"{least.version} in the shadow: {stated(least)} decided alike"
    if least.high is not None and least.high < _AGREE:
        return seen(said)
    if least.low is not None and least.low > _AGREE:
        return not_seen(said)
    return unknown(f"{said}, too close to {numbers.share(_AGREE)}")


def _pair(measured: Measured) -> tuple[Cell | None, Cell | None]:
    """The new version and the one beside it where it is worst, each null where it has no labels.

    Beside it is the previous version, else the other one that serves most.
    """
    part, names = measured.parts[0], measured.versions
    serving = [v for v in (names.previous, *measured.serving) if v in measured.serving]
    beside = next((v for v in serving if v != names.new), "")
    cells = (measured.cells.get((version, part)) for version in (names.new, beside))
    new, other = (c if c is not None and c.source == "measured" else None for c in cells)
    return new, other


def _alone(measured: Measured) -> Look:
    if len(measured.serving) < 2:
        return unknown("one version serves alone")
    labelled = [f"{v}: {_labelled(measured, v)}" for v in list(measured.serving)[:2]]
    return unknown(f"no labels of both versions yet ({', '.join(labelled)})")


def _labelled(measured: Measured, version: str) -> int:
    cell = measured.cells.get((version, measured.parts[0]))
    return 0 if cell is None else cell.labelled


def _said(new: Cell, beside: Cell) -> str:
    """'v42 wrong 4.1 % of 1,204, v41 2 % of 300 in region BR'."""
    one, other = (
        f"{numbers.share(cell.wrong / cell.labelled)} of {cell.labelled:,}"
        for cell in (new, beside)
    )
    where = f" in {new.part}" if new.part else ""
    was = "" if new.healthy is None else f", healthy {numbers.share(new.healthy)}"
    return f"{new.version} wrong {one}, {beside.version} {other}{where}{was}"


def _rose(cell: Cell) -> float:
    """P(wrong more often than its baseline); 1 where there is none to be worse than."""
    if cell.healthy is None:
        return 1.0
    return probability_above(cell.wrong, cell.labelled, cell.healthy)


def _much_worse(cell: Cell) -> float:
    """P(wrong more often than its baseline by half); 1 where there is none."""
    if cell.healthy is None:
        return 1.0
    bound = cell.healthy + max(RISE * cell.healthy, _RARE)
    return probability_above(cell.wrong, cell.labelled, min(bound, 1.0))


def _apart(new: Cell, beside: Cell) -> float:
    """P(the one beside rose by less than half as much), over both Jeffreys posteriors.

    Without a baseline, P(the one beside is wrong less often).
    """
    import numpy as np
    from scipy.special import betainc, betaincinv

    middles = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    rates = betaincinv(new.wrong + 0.5, new.labelled - new.wrong + 0.5, middles)
    halfway = rates if new.healthy is None else (rates + new.healthy) / 2.0
    below = betainc(beside.wrong + 0.5, beside.labelled - beside.wrong + 0.5, halfway)
    return float(below.mean())


def _by_other_figures(facts: Assessment, new: str) -> Look | None:
    """Seen where another figure of quality was judged worse than that of another version."""
    bad = (e for e in facts.versions if e.version == new and of_quality(e) and is_bad(e))
    estimate = next(bad, None)
    return None if estimate is None else seen(f"{stated(estimate)}: {estimate.verdict}")


def _too_few(new: Cell, beside: Cell, said: str) -> Look:
    fewest = min((new, beside), key=lambda cell: cell.labelled)
    return unknown(f"{said}: too few labels to tell, {fewest.labelled:,} of {fewest.version}")


def _p(probability: float) -> str:
    """'.97', '>.99'."""
    return ">.99" if probability > 0.99 else numbers.proportion(probability, 2)
