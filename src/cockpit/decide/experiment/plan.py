"""How the fix would be proved: shadow, canary, A/B or probes, each with what it takes and shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.experiment import power
from cockpit.decide.experiment.criteria import Arms, arms_of, criteria_of, guardrails
from cockpit.decide.experiment.labels import Labels
from cockpit.decide.experiment.stakes import LABELLED, Stake, sentence, stake_of
from cockpit.decide.facts.estimates import find, share_of
from cockpit.decide.facts.measured import Measured, measured
from cockpit.decide.options.assumptions import assumed
from cockpit.records import MINUTE, Assessment
from cockpit.state import State
from cockpit.text import inert
from cockpit.units import duration
from cockpit.views import (
    Experiment,
    ExperimentKind,
    ExperimentPlan,
    ExperimentWish,
    Figure,
    Guardrail,
)

_FEWEST = 10  # of the rarer class, for an AUC
SOON = 4 * 60.0  # minutes within which a canary is worth waiting for


@dataclass(frozen=True)
class _Setting:
    """What every plan is made from."""

    stake: Stake
    arms: Arms
    guards: list[Guardrail]
    wish: ExperimentWish
    labels: Labels
    per_minute: float | None  # requests, of all
    judged_per_minute: float | None  # rows of the metric, of all, once labels have come
    wait: float  # minutes until the first of them are judged
    sticky: bool
    share: float  # of a canary
    requests_per_user: float
    prevalence: float  # of positives


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
    plans = [_shadow(setting), _split(setting, "canary"), _split(setting, "ab"), _probes(setting)]
    return Experiment(
        at=assessment.at,
        metric=stake.metric,
        segment=stake.segment,
        stake=sentence(stake),
        traffic=_traffic(setting),
        plans=_ordered(plans),
        notes=[note for note in (setting.arms.note, stake.borrowed, stake.reason) if note],
    )


def _setting(
    assessment: Assessment,
    facts: Measured,
    config: Config,
    stake: Stake,
    labels: Labels,
    wish: ExperimentWish,
) -> _Setting:
    needs_labels = stake.metric in LABELLED
    per_minute = None if facts.requests_per_hour is None else facts.requests_per_hour / 60.0
    part = 1.0 if stake.segment is None else share_of(assessment, stake.segment)
    rate = labels.rate if needs_labels else 1.0
    judged = None
    if per_minute and rate is not None:
        judged = per_minute * part * stake.judged * rate
    canary, auc = assumed("canary", config), find(assessment, "auc")
    positives = auc.n_pos / auc.n if auc is not None and auc.n_pos and auc.n else 0.5
    return _Setting(
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


def _shadow(setting: _Setting) -> ExperimentPlan:
    """The fix scores what is served; rows are paired, and every request is one."""
    stake, blocked, rows = setting.stake, "", None
    if stake.metric not in LABELLED:
        blocked = f"a shadow shows no {stake.metric} here: who waits for it, or fails, is no user"
    elif setting.labels.only_when:
        blocked = f"labels come only when {inert(setting.labels.only_when)}"
        blocked += ": what the fix would decide otherwise is never judged"
    elif stake.metric in ("precision", "recall"):
        blocked = f"a shadow is compared by wrong_rate or auc, not by {stake.metric}"
    else:
        rows = _rows(setting, 1.0, is_paired=True)
    return _made(
        setting,
        "shadow",
        "shadow",
        rows,
        control_rows=rows,
        share=1.0,
        exposed=0.0,
        blocked=blocked,
        tells="what the fix would have decided on the same rows; nobody is exposed",
        cannot="what follows from its decisions, and its latency under load",
    )


def _rows(setting: _Setting, ratio: float, is_paired: bool = False) -> int | None:
    """Of the fix, for one look; null where nothing tells what is usual.

    Never fewer than those that would exclude the limit if not a single one were bad; of an AUC,
    never fewer than hold ten of the rarer class. Pairs tell more of an AUC than that; how much more
    is not known before.
    """
    stake, p = setting.stake, setting.wish.power
    if stake.base is None or stake.limit is None:
        return None
    if stake.metric == "auc":
        rarer = min(setting.prevalence, 1.0 - setting.prevalence)
        rows = power.auc_non_inferiority(
            stake.base, stake.margin, setting.prevalence, ratio=ratio, power=p
        )
        return max(rows, math.ceil(_FEWEST / max(rarer, 1e-9)))
    if not setting.arms.control:
        rows = power.one_sample(stake.base, stake.margin, power=p)
    elif is_paired:
        alone = power.discordance(stake.base, stake.margin)
        rows = power.paired(alone, stake.margin, power=p)
    else:
        rows = power.non_inferiority(stake.base, stake.margin, ratio=ratio, power=p)
    return max(rows, power.probes(stake.limit))


def _split(setting: _Setting, kind: ExperimentKind) -> ExperimentPlan:
    """The fix decides a share of requests, and a control arm the rest at the same time."""
    share = setting.share if kind == "canary" else 0.5
    ratio = share / (1.0 - share)
    rows = _rows(setting, ratio)
    rare = "" if rows is None else f": a harm rarer than 1 in {max(rows // 3, 1):,} rows"
    label = f"canary {numbers.share(share)}" if kind == "canary" else f"A/B {numbers.share(share)}"
    return _made(
        setting,
        kind,
        label,
        rows,
        control_rows=None if rows is None or not setting.arms.control else round(rows / ratio),
        share=share,
        exposed=share,
        blocked="",
        tells="everything the fix does to those who meet it, beside the others at the same time",
        cannot=f"what is too rare for its rows{rare}"
        if kind == "canary"
        else "spare anyone: half of all users meet a fix that is not proved",
    )


def _probes(setting: _Setting) -> ExperimentPlan:
    """Made-up requests whose right answer is known: how many must pass without a failure."""
    stake, blocked, rows = setting.stake, "", None
    if stake.metric == "auc":
        blocked = "a ranking needs real scores"
    elif stake.limit is not None:
        rows = power.probes(stake.limit)
    limit = (
        "" if stake.limit is None else f", and that fewer than {numbers.share(stake.limit)} fail"
    )
    return _made(
        setting,
        "probes",
        "probes",
        rows,
        control_rows=None,
        share=1.0,
        exposed=0.0,
        blocked=blocked,
        tells=f"whether the fault that was found is gone{limit}",
        cannot="what real traffic does: its mix, its load, its labels",
        at_once=True,
    )


def _made(
    setting: _Setting,
    kind: ExperimentKind,
    label: str,
    rows: int | None,
    *,
    control_rows: int | None,
    share: float,
    exposed: float,
    blocked: str,
    tells: str,
    cannot: str,
    at_once: bool = False,
) -> ExperimentPlan:
    minutes = most = None
    if rows is not None and setting.judged_per_minute and not at_once:
        collecting = rows / (setting.judged_per_minute * share)
        minutes, most = (setting.wait + n * collecting for n in (1.0, power.SEQUENTIAL))
    if rows is None and not blocked:
        blocked = setting.stake.reason or "not known"
    criteria = None
    if rows is not None:
        criteria = criteria_of(
            kind,
            setting.stake,
            setting.arms,
            [] if kind in ("shadow", "probes") else setting.guards,
            rows=rows,
            share=min(share, 0.999),
            power=setting.wish.power,
            minutes_at_most=most,
            label_delay=round(setting.wait * MINUTE),
        )
    return ExperimentPlan(
        kind=kind,
        label=label,
        rows=rows,
        control_rows=control_rows,
        minutes=minutes,
        minutes_at_most=most,
        exposed=_requests(setting, exposed, minutes),
        exposed_users=_users(setting, exposed),
        tells=tells,
        cannot=cannot,
        blocked=blocked,
        criteria=criteria,
    )


def _requests(setting: _Setting, exposed: float, minutes: float | None) -> Figure:
    if exposed == 0.0:
        return Figure(text="none", value=0.0, unit="requests")
    if minutes is None or setting.per_minute is None:
        return Figure(text="not known")
    met = minutes * setting.per_minute * exposed
    text = f"{minutes:.0f} min at {setting.per_minute:,.0f} requests a minute"
    return Figure(
        text=numbers.count(met),
        value=met,
        unit="requests",
        derivation=[f"{numbers.share(exposed)} of requests for {text}"],
    )


def _users(setting: _Setting, exposed: float) -> Figure:
    """A split that sticks exposes its share; one by request, whoever is caught once."""
    k = setting.requests_per_user
    met = exposed if setting.sticky else 1.0 - (1.0 - exposed) ** k
    how = "each stays on one version" if setting.sticky else f"at {k:g} requests each"
    return Figure(text=numbers.share(met), value=met, unit="share", assumed=True, derivation=[how])


def _ordered(plans: list[ExperimentPlan]) -> list[ExperimentPlan]:
    """Least exposure first, as long as it can show something in time; each with its reason."""
    from msgspec.structs import replace

    by_kind = {plan.kind: plan for plan in plans}
    shadow, canary, ab = (by_kind[kind] for kind in ("shadow", "canary", "ab"))
    slow = canary.minutes is not None and canary.minutes > SOON
    reasons = {
        "shadow": shadow.blocked or "first: it exposes nobody",
        "canary": canary.blocked or ("slow here" if slow else "then: it exposes few"),
        "ab": ab.blocked or ("sooner than the canary" if slow else "only for what is small"),
        "probes": by_kind["probes"].blocked or "before any of them: a fault that is back shows",
    }
    order: list[ExperimentKind] = ["shadow", "canary", "ab", "probes"]
    order.sort(key=lambda kind: bool(by_kind[kind].blocked))
    return [replace(by_kind[kind], reason=reasons[kind]) for kind in order]


def _traffic(setting: _Setting) -> str:
    if setting.per_minute is None:
        return "no traffic was measured: how long it takes is not known"
    told = f"{setting.per_minute:,.0f} requests a minute"
    if setting.judged_per_minute is None:
        return f"{told}; how many of them get a label is not known"
    where = f" in {setting.stake.segment}" if setting.stake.segment else ""
    told += f", {setting.judged_per_minute:,.0f} a minute judged{where}"
    if setting.stake.metric not in LABELLED or setting.labels.rate is None:
        return told
    known = "all" if setting.labels.rate > 0.995 else numbers.share(setting.labels.rate)
    return f"{told}; {known} labelled after {duration(setting.labels.delay)}"
