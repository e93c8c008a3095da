"""The four ways to prove a fix: the rows each takes, who is exposed, what it shows and what not."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cockpit import numbers
from cockpit.decide.experiment import power
from cockpit.decide.experiment.criteria import Arms, criteria_of
from cockpit.decide.experiment.labels import Labels
from cockpit.decide.experiment.stakes import LABELLED, Stake, percent
from cockpit.records import MINUTE
from cockpit.text import inert
from cockpit.views import ExperimentKind, ExperimentPlan, ExperimentWish, Figure, Guardrail

_FEWEST = 10  # of the rarer class, for an AUC


@dataclass(frozen=True)
class Setting:
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


def shadow(setting: Setting) -> ExperimentPlan:
    """The fix scores what is served; rows are paired, and every request is one."""
    stake, blocked, rows = setting.stake, "", None
    if stake.metric not in LABELLED:
        blocked = f"nobody waits for a shadow: it shows no {stake.metric}"
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


def _rows(setting: Setting, ratio: float, is_paired: bool = False) -> int | None:
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


def split(setting: Setting, kind: ExperimentKind) -> ExperimentPlan:
    """The fix decides a share of requests, and a control arm the rest at the same time."""
    share = setting.share if kind == "canary" else 0.5
    ratio = share / (1.0 - share)
    rows = _rows(setting, ratio)
    if kind == "canary":
        label = f"canary {numbers.share(share)}"
        tells = "all that the fix does to those who meet it, beside the others at the same time"
        cannot = _missed_by_few(setting.stake, rows)
    else:
        label, tells = f"A/B {numbers.share(share)}", "the same, with as many rows in both arms"
        cannot = "spare anyone: half of all users meet a fix that is not proved"
    return _made(
        setting,
        kind,
        label,
        rows,
        control_rows=None if rows is None or not setting.arms.control else round(rows / ratio),
        share=share,
        exposed=share,
        blocked="",
        tells=tells,
        cannot=cannot,
    )


def _missed_by_few(stake: Stake, rows: int | None) -> str:
    """What a small share does not show; of rare harm, by the rule of three."""
    if stake.metric not in LABELLED:
        return "what it does under the load of all requests"
    rare = "" if rows is None else f": harm in fewer than 1 in {max(rows // 3, 1):,}"
    return f"what is too rare for its rows{rare}"


def probes(setting: Setting) -> ExperimentPlan:
    """Made-up requests whose right answer is known: how many must pass without a failure."""
    stake, blocked, rows = setting.stake, "", None
    if stake.metric == "auc":
        blocked = "a ranking needs real scores"
    elif stake.limit is not None:
        rows = power.probes(stake.limit)
    limit = "" if stake.limit is None else f", and that fewer than {percent(stake.limit)} fail"
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
    setting: Setting,
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


def _requests(setting: Setting, exposed: float, minutes: float | None) -> Figure:
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


def _users(setting: Setting, exposed: float) -> Figure:
    """A split that sticks exposes its share; one by request, whoever is caught once."""
    k = setting.requests_per_user
    met = exposed if setting.sticky else 1.0 - (1.0 - exposed) ** k
    how = "each stays on one version" if setting.sticky else f"at {k:g} requests each"
    return Figure(text=numbers.share(met), value=met, unit="share", assumed=True, derivation=[how])
