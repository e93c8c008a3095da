"""From a measurement to an `Estimate`: its window, source, baseline, difference and verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cockpit.assess.inputs import INFRA_SPAN, QUALITY_SPAN
from cockpit.assess.metrics import metric
from cockpit.assess.objectives import Bound, bounds
from cockpit.assess.slices import WHOLE, Subject
from cockpit.assess.verdicts import Comparison, Verdict, judge, probability_missed
from cockpit.assess.versions.arms import Arms, arms
from cockpit.records import Baseline, Estimate
from cockpit.units import parse_share

if TYPE_CHECKING:
    from cockpit.assess.inputs import Inputs
    from cockpit.assess.methods.measurement import Measurement
    from cockpit.assess.onset.changes import Onset
    from cockpit.records import Difference


@dataclass(frozen=True)
class Compared:
    """A measurement of the baseline and what that baseline is.

    `difference` is given where the two ends do not tell it: the rows are the same, or minute is
    compared with minute. `note` is what a reader should know of the baseline.
    """

    what: str
    measured: Measurement
    difference: Difference | None = None
    note: str = ""

    @property
    def baseline(self) -> Baseline | None:
        """As a record; null where the baseline itself could not be measured."""
        value, low, high = self.measured.interval
        return None if value is None else Baseline(what=self.what, value=value, low=low, high=high)


@dataclass(frozen=True, eq=False)
class Moment:
    """Makes estimates of one moment: knows its windows, its promises and when it began."""

    inputs: Inputs
    begun: Onset | None

    @cached_property
    def bounds(self) -> dict[str, Bound]:
        """The promise on each metric that has one."""
        return bounds(self.inputs.config)

    @cached_property
    def arms(self) -> Arms | None:
        """The two versions that are watched against each other."""
        return arms(self.inputs)

    @cached_property
    def tolerance(self) -> float:
        """Share of a baseline within which nothing is said."""
        return parse_share(self.inputs.config.tolerance)

    def estimate(
        self,
        name: str,
        now: Measurement,
        base: Compared | None = None,
        subject: Subject = WHOLE,
        *,
        source: str,
        fast: bool = False,
        unit: str | None = None,
        verdict: Verdict | None = None,
    ) -> Estimate:
        """The estimate of `name`; `verdict` where the metric has a rule of its own."""
        inputs = self.inputs
        about = metric(name, inputs.map, inputs.config.panels)
        window = inputs.infra_window if fast else inputs.quality_window
        baseline = base.baseline if base is not None else None
        elapsed = max(window.end - window.start, 1)
        fraction = elapsed / (INFRA_SPAN if fast else QUALITY_SPAN)
        bound, relative = self.bounds.get(name), subject.against is not None
        found = verdict or judge(
            now,
            Comparison(
                direction=about.direction,
                unit=about.unit,
                base=baseline,
                difference=base.difference if base is not None else None,
                bound=bound,
                relative=relative,
                tolerance=self.tolerance,
                fraction=fraction,
                elapsed=elapsed,
            ),
        )
        return Estimate(
            id=subject.identity(name),
            name=name,
            value=now.value,
            reason=now.reason,
            low=now.low,
            high=now.high,
            n=now.n,
            n_pos=now.n_pos,
            unit=about.unit if unit is None else unit,
            direction=about.direction,
            window=window,
            as_of=inputs.as_of_fast if fast else inputs.as_of_slow,
            taken_at=inputs.at,
            version=subject.version,
            role=subject.role,
            segment=subject.segment,
            baseline=baseline,
            difference=found.difference,
            missed=None if relative else probability_missed(now, bound, fraction),
            verdict=found.word,
            sentence="; ".join(
                part for part in (now.note, found.sentence, base.note if base else "") if part
            ),
            source=source,
        )
