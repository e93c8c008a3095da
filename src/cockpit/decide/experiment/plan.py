"""How the fix would be proved: shadow, canary, A/B or probes, in the order to try them."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.experiment.criteria import arms_of, guardrails
from cockpit.decide.experiment.kinds import Setting, probes, shadow, split
from cockpit.decide.experiment.labels import Labels
from cockpit.decide.experiment.power import SEQUENTIAL
from cockpit.decide.experiment.stakes import LABELLED, Stake, sentence, stake_of
from cockpit.decide.facts.estimates import find, share_of
from cockpit.decide.facts.measured import Measured, measured
from cockpit.decide.options.assumptions import assumed
from cockpit.records import MINUTE, Assessment
from cockpit.state import State
from cockpit.units import duration
from cockpit.views import Experiment, ExperimentKind, ExperimentPlan, ExperimentWish

SOON = 4 * 60.0  # minutes within which a canary is worth waiting for


def experiment(
    assessment: Assessment,
    state: State,
    config: Config,
    labels: Labels,
    wish: ExperimentWish | None = None,
) -> Experiment:
    """The plans at `assessment.at`, in the order to try them; raises BadInput for a bad wish."""
    wish = wish or ExperimentWish()
    facts = measured(assessment, state, config)
    stake = stake_of(assessment, config, wish.metric, wish.margin)
    setting = _setting(assessment, facts, config, stake, labels, wish)
    plans = [shadow(setting), split(setting, "canary"), split(setting, "ab"), probes(setting)]
    return Experiment(
        at=assessment.at,
        metric=stake.metric,
        segment=stake.segment,
        stake=sentence(stake),
        traffic=_traffic(setting),
        plans=_ordered(plans),
        notes=[
            *filter(None, (setting.arms.note, stake.borrowed, stake.reason)),
            f"takes: {numbers.share(setting.wish.power)} power with one look; at most: looked at "
            f"every minute, {SEQUENTIAL:g} times the rows, though half of all good fixes pass in "
            "about as many as for one",
        ],
    )


def _setting(
    assessment: Assessment,
    facts: Measured,
    config: Config,
    stake: Stake,
    labels: Labels,
    wish: ExperimentWish,
) -> Setting:
    needs_labels = stake.metric in LABELLED
    per_minute = None if facts.requests_per_hour is None else facts.requests_per_hour / 60.0
    part = 1.0 if stake.segment is None else share_of(assessment, stake.segment)
    rate = labels.rate if needs_labels else 1.0
    judged = None
    if per_minute and rate is not None:
        judged = per_minute * part * stake.judged * rate
    canary, auc = assumed("canary", config), find(assessment, "auc")
    positives = auc.n_pos / auc.n if auc is not None and auc.n_pos and auc.n else 0.5
    return Setting(
        stake=stake,
        arms=arms_of(assessment, stake, facts.versions, wish),
        guards=guardrails(assessment, config, stake.metric),
        wish=wish,
        labels=labels,
        per_minute=per_minute,
        judged_per_minute=judged or None,
        wait=labels.delay / MINUTE if needs_labels else 0.0,
        sticky=canary is not None and canary.sticky,
        share=wish.share or (canary.share if canary is not None else 0.1) or 0.1,
        requests_per_user=config.decisions.requests_per_user,
        prevalence=positives,
    )


def _ordered(plans: list[ExperimentPlan]) -> list[ExperimentPlan]:
    """Least exposure first, as long as it can show something in time; each with its reason."""
    by_kind = {plan.kind: plan for plan in plans}
    canary = by_kind["canary"]
    slow = canary.minutes is not None and canary.minutes > SOON
    reasons: dict[ExperimentKind, str] = {
        "shadow": "it exposes nobody",
        "canary": f"it exposes few; slower than {duration(round(SOON * MINUTE))}"
        if slow
        else "it exposes few, and shows what follows",
        "ab": "sooner than a canary" if slow else "where a canary shows too little too late",
        "probes": "at any time: cheap, and no proof",
    }
    order: list[ExperimentKind] = ["shadow", "canary", "ab", "probes"]
    if slow:
        order = ["shadow", "ab", "canary", "probes"]
    order.sort(key=lambda kind: bool(by_kind[kind].blocked))
    return [replace(by_kind[kind], reason=by_kind[kind].blocked or reasons[kind]) for kind in order]


def _traffic(setting: Setting) -> str:
    if setting.per_minute is None:
        return "no traffic was measured: how long it takes is not known"
    told = f"{setting.per_minute:,.0f} requests a minute"
    if setting.judged_per_minute is None:
        return f"{told}; how many of them get a label is not known"
    if setting.stake.metric not in LABELLED:
        return told
    where = f" in {setting.stake.segment}" if setting.stake.segment else ""
    told += f", {setting.judged_per_minute:,.0f} a minute judged{where}"
    if setting.labels.rate is None:
        return told
    known = "all" if setting.labels.rate > 0.995 else numbers.share(setting.labels.rate)
    after = f" after {duration(setting.labels.delay)}" if setting.labels.delay else ""
    return f"{told}; {known} labelled{after}"
