"""The containment table made by hand: what each option would do under each fault."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.records import MINUTE
from cockpit.views import (
    Assumption,
    Choice,
    Figure,
    Flip,
    Hypothesis,
    OptionRow,
    OptionTable,
    Promise,
    Recommendation,
    Sign,
    SignState,
    Worth,
)

# id | label; quality | p99 | on bad path | wrong next hour | effect in | undo; needs; blocked
OPTIONS = (
    (
        "segment_off",
        "segment off: BR",
        "+.077 ±.02 | 231 ms | 1 % | 190 [120,280] | 2 min | 1 min",
        "flag",
        "",
    ),
    (
        "rollback",
        "rollback to v41",
        "+.081 ±.02 | 238 ms | 0 % | 310 [180,700] | 4 min | 6 min",
        "36 workers",
        "24 of 36 workers warm",
    ),
    (
        "canary",
        "canary v42 10 %",
        "+.073 ±.02 | 244 ms | 10 % sticky | 290 [190,420] | 2 min | 1 min",
        "36 workers",
        "",
    ),
    (
        "rules",
        "rules fallback",
        "−.010 ±.01 | 40 ms | 0 % | 880 [810,950] | 1 min | 1 min",
        "legal OK",
        "legal has not agreed",
    ),
    (
        "kill",
        "kill switch",
        "none | 0 ms | 0 % | 20 [9,40] + 9,100 unserved | 1 min | 1 min",
        "",
        "",
    ),
    ("observe", "observe", "±0 | 418 ms | 90 % | 1,240 [980,1,530] | now | none", "", ""),
)
# Chance to meet the latency objective at 15 and 60 min; until resolved | users | budget | lost;
# worst tenth; chance of being best; harm if data, model, capacity, noise, mix is at fault
UNTIL = {
    "segment_off": (
        0.71,
        0.97,
        "310 [190,520] | 2 % | 4 % | none",
        640,
        0.64,
        (290, 420, 300, 8, 12),
    ),
    "rollback": (
        0.55,
        0.93,
        "520 [260,1,400] | 1 % | 6 % | +.004",
        1_700,
        0.22,
        (640, 190, 410, 40, 60),
    ),
    "canary": (
        0.60,
        0.90,
        "540 [300,1,100] | 65 % | 7 % | +.004",
        1_200,
        0.11,
        (590, 260, 380, 30, 44),
    ),
    "rules": (
        0.99,
        0.99,
        "1,700 [1,500,1,900] | 0 % | 1 % | +.014",
        1_950,
        0.02,
        (1_690, 1_680, 900, 1_400, 1_500),
    ),
    "kill": (
        None,
        None,
        "20 [9,40] | 0 % | 100 % | all",
        9_400,
        0.01,
        (9_100, 9_100, 9_100, 9_100, 9_100),
    ),
    "observe": (
        0.02,
        0.02,
        "2,900 [1,300,5,400] | 90 % | 71 % | none",
        6_100,
        0.0,
        (3_300, 2_300, 2_700, 6, 15),
    ),
}
FAULTS = (  # id | label; prior; now; evidence
    (
        "data",
        "the data or a feature",
        0.25,
        0.71,
        [
            "for, 9.1×: a feature drifted far · amount: PSI .41, major",
            "for, 8.6×: onset fits a change of schema · 02:47 amount (BR)",
            "before any sign 25 %: as configured",
        ],
    ),
    (
        "model",
        "the model",
        0.35,
        0.15,
        [
            "against, 5×: both versions worse alike · v41 25 of 63, v42 308 of 724 wrong",
            "before any sign 35 %: as configured",
        ],
    ),
    ("capacity", "capacity", 0.25, 0.08, ["before any sign 25 %: as configured"]),
    ("noise", "noise", 0.10, 0.04, ["before any sign 10 %: as configured"]),
    ("mix", "another mix of traffic", 0.05, 0.02, []),
)
# id | text; state; why; ratios of data, model, capacity, noise, mix
SIGNS = (
    (
        "shadow_disagrees",
        "shadow and served disagree on the same rows",
        "not measurable",
        "no version runs in shadow",
        (1, 1, 1, 1, 1),
    ),
    (
        "fits_data_change",
        "onset fits a change of schema, pipeline or features",
        "seen",
        "02:47 schema amount (BR), a minute before the onset",
        (8, 0.7, 0.8, 0.7, 0.8),
    ),
    (
        "feature_drifted",
        "a feature drifted far, or is missing more often",
        "seen",
        "amount: PSI .41 [.36, .47], major",
        (10, 0.7, 0.7, 0.5, 2),
    ),
    (
        "versions_alike",
        "both versions worse alike",
        "seen",
        "v41: 25 of 63 wrong; v42: 308 of 724 wrong",
        (2.4, 0.2, 2, 0.5, 3),
    ),
    (
        "errors_up",
        "errors up",
        "not seen",
        ".31 % [.25, .38], as before",
        (0.8, 1, 0.5, 1.1, 1),
    ),
)
ASSUMED = (
    ("options.rules.wrong_share", "6%", "default", "rules fallback at half"),
    ("options.rollback.minutes", "4, 9", "configuration", "holds"),
    ("decisions.minutes_to_fix", "90, 148", "default", "holds"),
    ("model.harm.false_positive", "0.2", "default", ""),
)


def option_table(
    labels: str,
    choice: Choice | None,
    called: Mapping[str, tuple[SignState, str]],
    values: Mapping[str, str],
) -> OptionTable:
    """The table; `labels` is added to texts from outside, `called` and `values` are a person's."""
    return OptionTable(
        header="wrong decisions per hour now 1,240 [980,1,530]",
        rows=[_option(labels, *option) for option in OPTIONS],
        footnotes=["if the data is at fault (71 %) rollback would not help"],
        assumptions=[
            Assumption(
                key=key,
                value=values.get(key, value),
                source="set here" if key in values else source,  # type: ignore[arg-type]
                holds=holds,
            )
            for key, value, source, holds in ASSUMED
        ],
        recommendation=Recommendation(
            option="segment_off",
            label="segment off: BR",
            why="Best: segment off, for nearly all wrong decisions are in BR, and it undoes fast.",
            gain="what v42 gained in BR, about 40 missed positives a day",
            guarantee="payments are not blocked wrongly",
            guard="Contain first, then look: v42 goes on elsewhere, to learn from.",
        ),
        hypotheses=[
            Hypothesis(id=id, label=label + labels, prior=prior, probability=now, evidence=evidence)
            for id, label, prior, now, evidence in FAULTS
        ],
        signs=[_sign(labels, called, *sign) for sign in SIGNS],
        act="P(real fault) 94 % > 12 %: act",
        robust="ranking holds at 2×",
        flips=[
            Flip(
                input="P(data)",
                now=0.71,
                at=0.31,
                option="rollback",
                sentence="flips to rollback to v41 if P(data) < 31 %, now 71 %",
            ),
            Flip(
                input="options.rules.wrong_share",
                now=6.0,
                at=2.1,
                option="rules",
                sentence="flips to rules fallback if the rules are wrong in < 2.1 %, now 6 %",
            ),
        ],
        diagnosis_budget_minutes=9.0,
        diagnose="diagnose ≤ 9 min",
        unknowns=[
            Worth(
                id="fault",
                text="what is at fault" + labels,
                perfect=380.0,
                probe=240.0,
                minutes=2 / 3,
                sentence="Model or data? Comparing v41 on the same rows tells, 40 s.",
            ),
            Worth(
                id="minutes_to_fix",
                text="minutes to fix" + labels,
                perfect=66.0,
            ),
        ],
        chosen=choice.option if choice else "",
        executed=choice is not None and choice.executed_at is not None,
    )


def _option(labels: str, id: str, label: str, cells: str, needs: str, blocked: str) -> OptionRow:
    quality, latency, exposed, wrong, effect, undo = (
        Figure(
            text=text,
            value=2.0,
            assumed=index == 4,
            derivation=[f"counted: {text}", "window 02:21 to 02:51 UTC"],
        )
        for index, text in enumerate(cells.split(" | "))
    )
    in_15, in_60, rest, tail, best, harms = UNTIL[id]
    until, users, budget, lost = (
        Figure(text=text, value=2.0, derivation=[f"drawn 5,000 times: {text}"])
        for text in rest.split(" | ")
    )
    chances = [fault[3] for fault in FAULTS]
    harm = sum(chance * size for chance, size in zip(chances, harms, strict=True))
    return OptionRow(
        id=id,
        label=label + labels,
        kind=id,
        quality=quality,
        latency=latency,
        latency_p95=Figure(text="120 ms", value=120.0, derivation=["as p99"]),
        exposed=exposed,
        exposed_users=users,
        wrong=wrong,
        until=until,
        tail=tail,
        harm=Figure(
            text=f"{harm:,.0f}",
            value=harm,
            low=harm / 2,
            high=harm * 2,
            derivation=["Σ over the faults of probability × mean harm until resolved"],
        ),
        effect=effect,
        undo=undo,
        irreversible="requests that are not served are lost" if id == "kill" else "",
        improvement=lost,
        promises=[
            Promise(
                objective="fast" + labels,
                within=250.0,
                in_15=in_15,
                in_60=in_60,
                reason="nothing is served" if in_15 is None else "",
            ),
            Promise(objective="no error", in_15=0.98, in_60=0.99),
        ],
        budget=[budget],
        by_fault={
            fault[0]: Figure(
                text=f"{size:,} [{size // 2:,}, {size * 2:,}]",
                value=size,
                low=size // 2,
                high=size * 2,
                derivation=[f"mean of 1,000 draws in which it is {fault[1]}"],
            )
            for fault, size in zip(FAULTS, harms, strict=True)
        },
        best=best,
        regret=harm - 250.0,
        dominated="segment off: BR" if id == "rules" else "",
        close=id in ("segment_off", "canary"),
        companions=["shadow v42"] if id == "segment_off" else [],
        guarantee="payments are not blocked wrongly" if id == "segment_off" else "",
        needs=needs,
        warnings=["v41 reads amount too, which drifted"] if id == "rollback" else [],
        blocked=blocked,
        sentence=f"{label}: fewer wrong decisions, at the price of {needs or 'nothing'}.",
        expected="wrong decisions below 300 an hour in BR",
        expected_by=4 * MINUTE,
    )


def _sign(
    labels: str,
    called: Mapping[str, tuple[SignState, str]],
    id: str,
    text: str,
    state: SignState,
    why: str,
    ratios: tuple[float, ...],
) -> Sign:
    said, reason = called.get(id, (state, ""))
    return Sign(
        id=id,
        text=text + labels,
        state=said,
        why=why,
        ratios={fault[0]: ratio for fault, ratio in zip(FAULTS, ratios, strict=True)},
        softened=id == "versions_alike",
        overridden=id in called,
        reason=reason,
    )
