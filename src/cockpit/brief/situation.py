"""What the words are made from: the panes of one moment, and what several texts read in them."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit import numbers, units
from cockpit.brief import plain, wording
from cockpit.config import Config
from cockpit.records import BadInput, Estimate
from cockpit.views import (
    Ask,
    Change,
    Checklist,
    Choice,
    Impact,
    InfraPane,
    ModelPane,
    OptionRow,
    OptionTable,
    Status,
    View,
)

_BAD = ("degraded", "critical")


@dataclass(frozen=True)
class Situation:
    """Everything known at `at` (µs UTC) that a sentence may draw on."""

    impact: Impact
    status: Status
    model: ModelPane
    infra: InfraPane
    options: OptionTable
    choice: Choice | None
    checklist: Checklist
    asks: list[Ask]
    config: Config
    at: int

    @classmethod
    def of(cls, view: View, config: Config) -> Situation:
        """The situation a view shows."""
        return cls(
            impact=view.impact,
            status=view.status,
            model=view.model,
            infra=view.infra,
            options=view.options,
            choice=view.choice,
            checklist=view.checklist,
            asks=view.asks,
            config=config,
            at=view.at,
        )

    @property
    def owner(self) -> str:
        """Who looks after what nobody else was asked for."""
        return self.config.owner.commander or self.config.owner.team or "on-call"

    @property
    def next_update(self) -> int | None:
        """When the next update is due, if that is still to come."""
        due = self.status.update_due
        return due if due is not None and due > self.at else None

    @property
    def recommended(self) -> OptionRow | None:
        """The recommended option, if there is one."""
        wanted = self.options.recommendation.option
        return next((row for row in self.options.rows if row.id == wanted), None)

    @property
    def runner_up(self) -> OptionRow | None:
        """The best option that is neither chosen, nor blocked, nor doing nothing."""
        chosen = self.choice.option if self.choice else ""
        return next(
            (
                r
                for r in self.options.rows
                if r.id != chosen and not r.blocked and r.kind not in ("observe", "shadow")
            ),
            None,
        )

    @property
    def best_fit(self) -> Change | None:
        """The recorded change whose time fits the onset best."""
        return next((c for c in self.infra.changes if c.fit == "best fit"), None)

    @property
    def answers_are_worse(self) -> bool:
        """Whether the model is measurably worse, by any of its figures."""
        return any(m.verdict in _BAD for m in self.model.metrics)

    @property
    def inputs_drifted(self) -> bool:
        """Whether a feature or the score is far from its reference."""
        return any(d.drift_class == "major" for d in self.model.drift)

    @property
    def model_is_worse(self) -> bool:
        """Whether decisions or inputs are measurably off."""
        return self.answers_are_worse or self.inputs_drifted

    @property
    def worst_infra(self) -> Estimate | None:
        """The first infrastructure metric that is degraded or critical."""
        return next((m for m in self.infra.metrics if m.verdict in _BAD), None)

    @property
    def service_effect(self) -> str:
        """What that does to people, in plain words; '' where nothing is the matter with it."""
        return plain.effect(self.worst_infra, self.config) if self.worst_infra else ""

    @property
    def labels_due(self) -> int | None:
        """When the decisions made up to now have their labels, if the usual delay is configured."""
        predictions = self.config.sources.predictions
        delay = self.config.model.label_delay or (predictions.label_delay if predictions else None)
        if not delay:
            return None
        try:
            return self.at + units.parse_duration(delay)
        except BadInput:
            return None

    @property
    def who_is_hurt(self) -> str:
        """The first sentence of any account: who, how badly, since when."""
        impact = self.impact
        if impact.wrong_one_in is None and impact.share is None:
            return wording.sentence(impact.sentence) or "Who is hurt is not yet known."
        since = f"Since {units.clock(impact.since)} UTC" if impact.since is not None else "So far"
        where = f"in {impact.segment}" if impact.segment else ""
        if impact.wrong_one_in is None:
            named = f" ({impact.segment})" if impact.segment else ""
            share = numbers.share(impact.share or 0.0)
            said = f"{since}, about {share} of {impact.of}{named} are affected"
        else:
            before = (
                f" (before: {wording.one_in(impact.healthy_one_in)})"
                if impact.healthy_one_in is not None
                else ""
            )
            wrong = wording.wrong_decisions(impact.wrong_one_in, where)
            said = f"{since}, {wrong}{before}"
        return wording.sentence(said + (f"; it is {impact.trend}" if impact.trend else ""))
