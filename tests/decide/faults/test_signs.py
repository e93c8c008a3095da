"""Each sign is seen where it is there, not seen where it was looked for, else not measurable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.decide.facts.measured import Measured, measured
from cockpit.decide.faults.signs.features import feature_drifted, many_drifted
from cockpit.decide.faults.signs.infrastructure import errors_up, latency_on_new, latency_with_load
from cockpit.decide.faults.signs.onset import fits
from cockpit.decide.faults.signs.quality import calibration_off, labels_immature, quality_degraded
from cockpit.decide.faults.signs.versions import only_new_worse, shadow_disagrees, versions_alike
from cockpit.records import HOUR, MINUTE
from cockpit.views import Change
from tests.decide.faults.made import alarm, drift, facts, figure
from tests.decide.stories import CONFIG, NO_LABELS, ROLLOUT, UNIT_SWAP, Cells, Counts, state
from tests.decide.stories import assessment as story

UNKNOWN = "not measurable"
HEALTHY: Cells = {key: Counts(600, 90, 90, 8_220, 20_000) for key in ROLLOUT}


def cells(story_cells: Cells) -> Measured:
    return measured(story(story_cells), state(), CONFIG)


# --- one version against another ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "only_new", "alike"),
    [
        (ROLLOUT, "seen", "not seen"),
        (UNIT_SWAP, "not seen", "seen"),
        (HEALTHY, "not seen", "not seen"),
        (NO_LABELS, UNKNOWN, UNKNOWN),
    ],
)
def test_which_version_is_worse(counts: Cells, only_new: str, alike: str) -> None:
    found = only_new_worse(story(counts), cells(counts)), versions_alike(cells(counts))
    assert tuple(look.state for look in found) == (only_new, alike)


def test_the_why_has_the_counts_of_both_and_the_chance() -> None:
    assert only_new_worse(story(ROLLOUT), cells(ROLLOUT)).why == (
        "v42 wrong 8 % of 1,200, v41 1.4 % of 140 in region BR, healthy 2 %: "
        "P .99 that v42 alone is worse"
    )
    few = {**ROLLOUT, ("v41", "BR"): Counts(1, 1, 0, 10, 560)}
    assert only_new_worse(story(few), cells(few)).why.endswith("too few labels to tell, 12 of v41")
    alone = {key: counts for key, counts in ROLLOUT.items() if key[0] == "v42"}
    assert only_new_worse(story(alone), cells(alone)).why == "one version serves alone"


counts_of_one = st.builds(Counts, *[st.integers(0, 400)] * 3, st.integers(0, 4_000), st.just(9_000))


@settings(max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys(ROLLOUT, counts_of_one)))
def test_the_new_one_alone_and_both_alike_are_never_seen_together(counts: Cells) -> None:
    found = only_new_worse(story(counts), cells(counts)), versions_alike(cells(counts))
    assert [look.state for look in found].count("seen") <= 1


def test_a_healthy_canary_is_rarely_called_worse() -> None:
    """No oftener than `faults.by_chance`, where both versions are as wrong as ever."""
    rng = np.random.default_rng(5)
    seen = 0
    for _ in range(300):
        wrong = {version: rng.binomial(n, 0.02) for version, n in (("v42", 2_000), ("v41", 400))}
        counts = {
            (version, "rest"): Counts(
                0, int(k), 0, (2_000 if version == "v42" else 400) - int(k), n
            )
            for (version, k), n in zip(wrong.items(), (9_000, 1_800), strict=True)
        }
        seen += only_new_worse(story(counts), cells(counts)).state == "seen"
    assert seen / 300 <= 0.08


def test_another_figure_may_say_that_the_new_version_is_worse() -> None:
    worse = figure("precision", 0.58, 0.81, version="v42", verdict="degraded")
    found = only_new_worse(facts(versions=[worse]), cells({**ROLLOUT, **_few()}))
    assert found.state == "seen"
    assert found.why.startswith("precision of v42 .580")


def _few() -> Cells:
    return {key: Counts(1, 1, 0, 10, counts.requests) for key, counts in ROLLOUT.items()}


@pytest.mark.parametrize(
    ("agreed", "half", "state"),
    [(0.72, 0.02, "seen"), (0.99, 0.01, "not seen"), (0.95, 0.02, UNKNOWN)],
)
def test_a_shadow_that_disagrees(agreed: float, half: float, state: str) -> None:
    pair = figure("agreement", agreed, half=half, version="v43", unit="share", source="pair")
    assert shadow_disagrees(facts(versions=[pair])).state == state
    assert shadow_disagrees(facts()) == (UNKNOWN, "no shadow scored the same rows")


# --- labels ---------------------------------------------------------------------------------------


def test_quality_is_worse_where_any_figure_of_it_surely_is() -> None:
    fine = figure("wrong_rate", 0.02, 0.02, 0.002, verdict="fine")
    assert quality_degraded(facts(fine)).state == "not seen"
    assert quality_degraded(facts(fine, figure("auc", 0.7, 0.8, verdict="critical"))) == (
        "seen",
        "auc .700 [.700, .700] of 5,000, was .800 (before): critical",
    )
    theirs = figure("chargebacks", 0.4, 0.1, verdict="degraded", source="rate")
    assert quality_degraded(facts(fine, theirs)).state == "seen"
    calibration = figure("brier", 0.4, 0.1, verdict="critical")
    assert quality_degraded(facts(fine, calibration)).state == "not seen"
    wide = figure("wrong_rate", 0.02, 0.02, 0.02, verdict="not enough data")
    assert quality_degraded(facts(wide)).state == UNKNOWN
    assert quality_degraded(facts(figure("wrong_rate", None, reason="no labels yet"))) == (
        UNKNOWN,
        "no labels yet",
    )


def test_quality_that_is_worse_in_one_segment_alone_is_worse() -> None:
    worst = figure("worst_segment", 4.0, segment="region BR")
    inside = figure("wrong_rate", 0.4, 0.02, segment="region BR", verdict="critical")
    fine = figure("wrong_rate", 0.02, 0.02, 0.002, verdict="fine")
    assert quality_degraded(facts(fine, segments=[worst, inside])).state == "seen"
    always = figure("wrong_rate", 0.4, 0.4, segment="region BR", verdict="fine")
    assert quality_degraded(facts(fine, segments=[worst, always])).state == "not seen"


def test_calibration_is_off_only_where_the_ranking_is_intact() -> None:
    ratio = figure("observed_expected", 1.41, 1.0, verdict="critical")
    ranks = figure("auc", 0.85, 0.851, verdict="fine", direction="higher_is_better")
    lost = figure("average_precision", 0.6, 0.9, verdict="critical")
    assert calibration_off(facts(ratio, ranks)).state == "seen"
    assert calibration_off(facts(ratio, ranks, lost)).state == "not seen"
    assert calibration_off(facts(ratio)).state == UNKNOWN
    right = figure("observed_expected", 1.0, 1.0, verdict="fine")
    assert calibration_off(facts(right, ranks)).state == "not seen"
    assert calibration_off(facts()).state == UNKNOWN


@pytest.mark.parametrize(
    ("coverage", "what", "state"),
    [
        (0.3, "reference, labels older", "seen"),
        (0.3, "before 04:12, labels as old", "not seen"),
        (0.99, "reference", "not seen"),
        (0.0, "reference", UNKNOWN),
    ],
)
def test_labels_mislead_where_they_are_held_against_older_ones(
    coverage: float, what: str, state: str
) -> None:
    wrong = figure("wrong_rate", 0.02, 0.02)
    assert wrong.baseline is not None
    base = type(wrong.baseline)(what=what, value=0.02)
    wrong = figure("wrong_rate", 0.02, 0.02, baseline=base)
    assert labels_immature(facts(wrong, figure("label_coverage", coverage))).state == state


def test_labels_of_one_class_mislead() -> None:
    auc = figure("auc", None, reason="one class only")
    found = labels_immature(facts(auc, figure("label_coverage", 0.2)))
    assert found == ("seen", "20 % of 5,000 labelled, of one class only")


# --- features -------------------------------------------------------------------------------------


def test_one_feature_far_off_is_seen_in_a_segment_too() -> None:
    flat = [drift("hour", "minor"), drift("age", "minor")]
    assert feature_drifted(facts(drift=flat)).state == "not seen"
    inside = drift("amount", "major", 6.0, segment="region BR")
    assert feature_drifted(facts(drift=[inside, *flat])).state == "seen"
    score = drift("score", "major", 6.0)
    assert feature_drifted(facts(drift=[score, *flat])).state == "not seen"
    assert (
        feature_drifted(facts(drift=[drift("amount", "noticeable", 0.2), *flat])).state == UNKNOWN
    )
    assert feature_drifted(facts(drift=[drift("age", "too few rows")])).state == UNKNOWN
    none = [drift("age", "too few rows", None, reason="no reference")]
    assert feature_drifted(facts(drift=none)) == (UNKNOWN, "no reference")


def test_a_share_of_missing_that_moved_counts_before_psi_calls_it_major() -> None:
    missing = drift("age", "minor", 0.06, missing_share=0.05, changes=["5 % are missing (was 1 %)"])
    assert feature_drifted(facts(drift=[missing])).state == "seen"
    always = drift("age", "minor", 0.06, missing_share=0.05)
    assert feature_drifted(facts(drift=[always])).state == "not seen"


def test_many_features_a_little_while_segments_are_as_good_as_before() -> None:
    moved = [drift(f"f{i}", "noticeable", 0.15) for i in range(3)]
    flat = [drift(f"g{i}", "minor") for i in range(3)]
    fine = figure("wrong_rate", 0.02, 0.02, segment="region BR", verdict="fine")
    bad = figure("wrong_rate", 0.2, 0.02, segment="region US", verdict="critical")
    assert many_drifted(facts(drift=[*moved, *flat], segments=[fine])).state == "seen"
    assert many_drifted(facts(drift=[*moved, *flat], segments=[fine, bad])).state == "not seen"
    assert many_drifted(facts(drift=[*moved, *flat])).state == UNKNOWN
    assert many_drifted(facts(drift=[*moved[:1], *flat], segments=[fine])).state == "not seen"
    assert many_drifted(facts(drift=[])).state == UNKNOWN
    by_mix = "precision fell 1.2 points: the change is the traffic mix, not the model: …"
    assert many_drifted(facts(drift=flat, findings=[by_mix])) == ("seen", by_mix)


# --- the service ----------------------------------------------------------------------------------


def p99(value: float, was: float, verdict: str = "", **more: object):
    return figure("latency_p99", value, was, 5.0, unit="ms", verdict=verdict, **more)


def requests(now: float, was: float, half: float = 1.0):
    return figure("requests", now, was, half, direction="neither", source="traffic")


@pytest.mark.parametrize(
    ("now", "was", "full", "state"),
    [
        (100.0, 60.0, None, "seen"),  # load rose
        (60.0, 60.0, 0.97, "seen"),  # it did not, but the workers are full
        (60.0, 60.0, 0.30, "not seen"),
        (60.0, 60.0, None, UNKNOWN),  # nothing tells how full they are
    ],
)
def test_latency_with_load(now: float, was: float, full: float | None, state: str) -> None:
    gauges = [] if full is None else [figure("saturation", full, version="v42")]
    slow = p99(420.0, 180.0, "degraded")
    assert latency_with_load(facts(slow, requests(now, was), *gauges), "v42").state == state
    fast = p99(180.0, 180.0, "fine")
    assert latency_with_load(facts(fast, requests(now, was), *gauges), "v42").state == "not seen"


def test_latency_of_the_new_version_alone() -> None:
    slow, same = (p99(ms, 100.0, version="v42") for ms in (400.0, 101.0))
    assert latency_on_new(facts(versions=[slow]), "v42").state == "seen"
    assert latency_on_new(facts(versions=[same]), "v42").state == "not seen"
    assert latency_on_new(facts(versions=[slow]), "v41").state == UNKNOWN
    sounded = alarm("latency_p99@v42 against v41", "latency_p99", detector=False)
    assert latency_on_new(facts(monitors=[sounded]), "v42") == ("seen", "latency_p99: sounded")
    assert latency_on_new(facts(monitors=[sounded]), "v4").state == UNKNOWN


def test_a_fast_version_at_the_same_time_rules_saturation_out() -> None:
    compared = p99(400.0, 100.0, "degraded", version="v42")
    slow, own = p99(390.0, 100.0, "degraded"), p99(400.0, 100.0, "degraded", version="v42")
    more = requests(90.0, 60.0)
    fast = p99(101.0, 100.0, "fine", version="v41")
    told = latency_with_load(facts(slow, own, fast, more, versions=[compared]), "v42")
    assert told.state == "not seen"
    assert "fine at the same time" in told.why
    both = p99(400.0, 100.0, "degraded", version="v41")
    told = latency_with_load(facts(slow, own, both, more, versions=[compared]), "v42")
    assert told.state == "seen"


@pytest.mark.parametrize(
    ("now", "was", "half", "verdict", "state"),
    [
        (0.03, 0.002, 0.001, "degraded", "seen"),
        (0.06, 0.06, 0.001, "fine", "seen"),  # one in twenty is many, whatever it was
        (0.004, 0.002, 0.0005, "fine", "seen"),  # surely twice as many, though within the promise
        (0.002, 0.002, 0.0005, "not enough data", "not seen"),  # surely not half as many again
        (0.002, 0.002, 0.004, "not enough data", UNKNOWN),
    ],
)
def test_errors(now: float, was: float, half: float, verdict: str, state: str) -> None:
    errors = figure("error_rate", now, was, half, verdict=verdict, source="traffic", unit="share")
    assert errors_up(facts(errors), "v42").state == state
    sounded = alarm("error_rate", "error_rate", detector=True)
    assert errors_up(facts(errors, monitors=[sounded]), "v42").state == "seen"
    assert errors_up(facts(), "v42").why == "errors are not recorded"


# --- time -----------------------------------------------------------------------------------------


def change(kind: str, fit: str, at: int = HOUR) -> Change:
    return Change(at=at, kind=kind, text="\x1b[31m" + kind, fit=fit)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ([], UNKNOWN),
        ([("deploy", "onset unknown")], UNKNOWN),
        ([("deploy", "best fit"), ("schema", "fits")], "seen"),
        ([("deploy", "fits"), ("schema", "best fit")], UNKNOWN),
        ([("deploy", "poor fit"), ("schema", "best fit")], "not seen"),
        ([("deploy", "after onset")], "not seen"),
        ([("deploy", "poor fit"), ("deploy", "best fit")], "seen"),
        ([("schema", "best fit")], UNKNOWN),  # what nobody recorded may have happened
    ],
)
def test_which_change_the_onset_fits(changes: list[tuple[str, str]], state: str) -> None:
    found = fits([change(*pair, at=HOUR + i * MINUTE) for i, pair in enumerate(changes)], "deploy")
    assert found.state == state
    assert "\x1b" not in found.why
