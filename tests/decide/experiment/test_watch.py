"""Pass, fail, keep learning: by what was counted since, and never by what proves nothing."""

import numpy as np
import pytest
from msgspec.structs import replace

from cockpit.decide.experiment.arms import tables_of
from cockpit.decide.experiment.watch import watch
from cockpit.records import MINUTE
from tests.assess.building import table
from tests.decide.experiment.counted import START, Arm, criteria, recorded

SAME, OTHERS = Arm("v43", 100), Arm("v41", 900)


def verdict(written, *arms, minutes=60, **more):
    return watch(written, recorded(*arms, minutes=minutes, **more), START + minutes * MINUTE)


def test_a_fix_as_good_as_its_control_passes_and_says_since_when():
    told = verdict(criteria(), SAME, OTHERS)
    assert told.word == "pass"
    assert told.at is not None
    assert START + 5 * MINUTE < told.at <= START + 60 * MINUTE
    assert "surely less than 2 points above v41" in told.reason
    assert [arm.name for arm in told.arms] == ["v43", "v41"]
    assert told.arms[0].asked == 6_000


def test_a_fix_that_is_plainly_worse_fails():
    told = verdict(criteria(), Arm("v43", 100, 0.12), OTHERS)
    assert told.word == "fail"
    assert "surely more than 2 points above v41" in told.reason


def test_until_it_is_sure_it_says_how_long_that_may_take():
    told = verdict(criteria(), SAME, OTHERS, minutes=8)
    assert told.word == "keep learning"
    assert "more at this rate" in told.reason


def test_decisions_younger_than_their_labels_are_not_judged():
    told = verdict(criteria(), SAME, OTHERS, minutes=5)
    assert (told.arms[0].asked, told.arms[0].judged) == (500, 0)
    assert "labels take 5 min" in told.reason


@pytest.mark.parametrize(
    ("broken", "named"), [({"slow": 0.1}, "latency_p99"), ({"failed": 0.1}, "error_rate")]
)
def test_a_guardrail_that_surely_broke_fails_it_though_no_label_has_come(broken, named):
    told = verdict(criteria(), Arm("v43", 100, **broken), OTHERS, minutes=5)
    assert told.word == "fail"
    assert told.reason.startswith(named)


def test_a_guardrail_is_judged_by_a_gauge_where_requests_were_not_counted():
    rng = np.random.default_rng(1)
    times = START + np.arange(60) * MINUTE
    gauges = {
        f'latency_p99{{version="{version}"}}': (times, level + rng.normal(0, 5, 60))
        for version, level in (("v41", 100.0), ("v43", 400.0))
    }
    known = recorded(SAME, OTHERS, series=gauges)
    without = {name: counts for name, counts in known.tables.items() if name == "score"}
    known = type(known)(**{**vars(known), "tables": without})
    told = watch(criteria(), known, known.as_of_slow)
    assert told.word == "fail"
    assert "a gauge" in told.reason


def test_what_gets_worse_after_a_pass_has_failed():
    later = np.where(np.arange(120) < 60, 0.03, 0.3)
    told = verdict(criteria(), Arm("v43", 100, later), OTHERS, minutes=120)
    assert told.word == "fail"
    assert "it had passed at" in told.reason


def test_to_be_no_worse_than_a_control_that_is_hurt_proves_nothing():
    told = verdict(criteria(), Arm("v43", 100, 0.4), Arm("v41", 900, 0.4))
    assert told.word == "keep learning"
    assert "v41 itself is surely over 5 %" in told.reason


def test_labels_that_come_unequally_soon_prove_nothing():
    told = verdict(criteria(), Arm("v43", 100, labelled=0.4), OTHERS)
    assert told.word == "keep learning"
    assert "unequally" in told.reason


def test_after_its_time_it_is_not_proven():
    written = criteria(margin=0.001, latest=30 * MINUTE)
    told = verdict(written, SAME, OTHERS)
    assert told.word == "keep learning"
    assert told.until == START + 30 * MINUTE
    assert "not proven by" in told.reason


def test_a_new_version_is_the_fix_where_none_was_named():
    begins = np.where(np.arange(60) < 20, 0, 100)
    told = verdict(criteria(fix=""), Arm("v42", 300), Arm("v43", begins), OTHERS)
    assert told.arms[0].name == "v43"
    assert told.word == "pass"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "v43 has not served beside v41"),
        ({"fix": ""}, "a new version has not served beside v41"),
        ({"fix": "", "control": ""}, "nothing was changed"),
        ({"kind": "shadow"}, "v43 has not scored as a shadow"),
        ({"kind": "probes"}, "probes leave no rows here"),
        ({"fix": "v41"}, "v41 has not served beside v41"),
    ],
)
def test_what_has_not_begun_says_so(changes, why):
    told = verdict(criteria(**changes), OTHERS)
    assert told.word == "keep learning"
    assert told.reason.startswith(why)


def test_against_the_baseline_a_fix_upstream_is_judged_by_everything_since_the_change():
    hurt = np.where(np.arange(120) < 30, 0.4, 0.03)
    written = criteria(fix="", control="")
    arms = (Arm("v42", 800, hurt), Arm("v41", 200, hurt))
    told = verdict(written, *arms, minutes=120, changed=START + 30 * MINUTE)
    assert told.word == "pass"
    assert told.arms[0].asked == 90 * 1_000
    assert verdict(written, *arms, minutes=120, changed=START + MINUTE).word == "fail"


def test_a_shadow_is_judged_on_the_rows_that_were_served():
    shadow = Arm("v43", 900, role="shadow")
    told = verdict(criteria(kind="shadow", guardrails=[]), shadow, OTHERS)
    assert told.word == "pass"
    assert [arm.name for arm in told.arms] == ["v43", "what served"]
    worse = Arm("v43", 900, 0.1, role="shadow")
    assert verdict(criteria(kind="shadow", guardrails=[]), worse, OTHERS).word == "fail"


def test_pairs_tell_more_of_a_shadow_than_two_arms_of_the_same_rows():
    written = criteria(kind="shadow", guardrails=[], fix="", margin=0.005)
    known = recorded(Arm("v43", 900, role="shadow"), OTHERS)
    agreeing = np.array([26, 1, 1, 872])  # both wrong, one alone, both right: of 900 a minute
    valid = np.repeat(START + np.arange(60) * MINUTE, 4)
    cells = np.tile([[1, 0, 0], [1, 0, 1], [1, 1, 0], [0, 0, 0]], (60, 1))
    pair = table(
        "pair", version="v41", shadow="v43", valid=valid, n=np.tile(agreeing, 60), bin=0,
        shadow_bin=0, label=cells[:, 0], shadow_decision=cells[:, 1], decision=cells[:, 2],
    )  # fmt: skip
    paired = type(known)(**{**vars(known), "tables": {**known.tables, "pair": pair}})
    ends = [watch(written, each, known.as_of_slow).for_it for each in (known, paired)]
    assert ends[1] > 100 * ends[0]


@pytest.mark.parametrize(("metric", "true"), [("latency_p99", "slow"), ("error_rate", "failed")])
def test_requests_need_no_labels(metric, true):
    written = criteria(metric=metric, slowest=250.0, baseline=0.001, margin=0.01, label_delay=0)
    assert verdict(written, SAME, OTHERS, minutes=30).word == "pass"
    assert verdict(written, Arm("v43", 100, **{true: 0.1}), OTHERS, minutes=30).word == "fail"


@pytest.mark.parametrize(("metric", "decision", "label"), [("precision", 1, 0), ("recall", 0, 1)])
def test_precision_and_recall_count_their_own_rows(metric, decision, label):
    valid = np.tile(START + np.arange(20) * MINUTE, 4)
    version = np.repeat(["v41", "v41", "v43", "v43"], 20)
    is_bad = np.tile(np.repeat([0, 1], 20), 2)
    good = {"precision": (1, 1), "recall": (1, 1)}[metric]
    counts = table(
        "score", version=version, role="served", valid=valid, bin=0,
        decision=np.where(is_bad, decision, good[0]), label=np.where(is_bad, label, good[1]),
        n=np.where(is_bad, np.where(version == "v43", 10, 40), np.where(version == "v43", 90, 860)),
    )  # fmt: skip
    known = recorded(OTHERS, minutes=20)
    known = type(known)(**{**vars(known), "tables": {"score": counts}})
    told = watch(criteria(metric=metric, label_delay=0), known, known.as_of_slow)
    assert [(arm.judged, arm.bad) for arm in told.arms] == [(2_000, 200), (18_000, 800)]


def test_a_segment_is_judged_by_its_own_rows():
    whole = recorded(SAME, Arm("v41", 900), minutes=30).tables["score"]
    columns = {name: whole.columns[name] for name in ("valid", "n", "decision", "label")}
    versions = np.array(whole.words["version"])[whole.columns["version"]]
    parts = [
        table("score_by_segment", version=versions, role="served", dimension="region", value=v,
              bin=0, **{**columns, "n": columns["n"] * times})
        for v, times in (("BR", 1), ("US", 7))
    ]  # fmt: skip
    merged = table(
        "score_by_segment",
        role="served",
        dimension="region",
        value=np.repeat(["BR", "US"], len(versions)),
        version=np.tile(versions, 2),
        bin=0,
        **{name: np.concatenate([p.columns[name] for p in parts]) for name in columns},
    )
    known = recorded(OTHERS, minutes=30)
    known = type(known)(**{**vars(known), "tables": {"score_by_segment": merged}})
    told = watch(criteria(segment="region BR", guardrails=[]), known, known.as_of_slow)
    assert told.arms[0].asked == 3_000
    assert watch(criteria(segment="region FR"), known, known.as_of_slow).word == "keep learning"


def test_looking_each_minute_a_fix_at_the_margin_passes_in_at_most_1_of_20():
    passed = failed = 0
    for seed in range(150):
        told = verdict(criteria(guardrails=[]), Arm("v43", 100, 0.05), OTHERS, seed=seed)
        passed += told.word == "pass"  # a pass at any minute is still one at the last
        failed += told.word == "fail"
    assert passed <= 0.05 * 150 + 2 * 2.7
    assert failed <= 0.05 * 150 + 2 * 2.7


def test_an_equal_fix_with_its_guardrails_seldom_fails():
    near = {"slow": 0.008, "failed": 0.004}  # within what the guardrails allow
    words = [
        verdict(criteria(), Arm("v43", 100, **near), Arm("v41", 900, **near), seed=seed).word
        for seed in range(150)
    ]
    assert words.count("fail") <= 0.05 * 150 + 2 * 2.7
    assert words.count("pass") >= 0.8 * 150


@pytest.mark.parametrize("bucket", [MINUTE, 5 * MINUTE])
def test_nothing_counted_is_no_verdict(bucket):
    empty = recorded(OTHERS, minutes=1)
    empty = type(empty)(**{**vars(empty), "tables": {}, "bucket": bucket})
    for kind in ("canary", "ab", "shadow"):
        assert watch(criteria(kind=kind), empty, START).word == "keep learning"


def test_only_the_tables_it_needs_are_asked_for():
    assert tables_of(criteria()) == ["latency", "score", "traffic"]
    assert tables_of(criteria(segment="region BR", guardrails=[])) == ["score_by_segment"]
    assert tables_of(criteria(kind="shadow", guardrails=[])) == ["pair", "score"]
    assert tables_of(replace(criteria(guardrails=[]), metric="error_rate")) == ["traffic"]
