"""Plans: what is at stake, what each kind takes at this traffic, and what it can show."""

import pytest
from msgspec.structs import replace

from cockpit.config import Objective
from cockpit.decide.experiment.labels import Labels
from cockpit.decide.experiment.plan import experiment
from cockpit.decide.experiment.power import SEQUENTIAL, non_inferiority, paired
from cockpit.records import MINUTE, Assessment, BadInput
from cockpit.views import ExperimentWish
from tests.decide.stories import AT, CONFIG, HEALTHY, NO_LABELS, ROLLOUT, UNIT_SWAP, WINDOW, state
from tests.decide.stories import assessment as assessed

LABELS = Labels(rate=0.8, delay=8 * MINUTE)


def planned(cells=ROLLOUT, *, labels=LABELS, config=CONFIG, p99=None, **wish):
    return experiment(assessed(cells, p99=p99), state(), config, labels, ExperimentWish(**wish))


def of(found, kind):
    return next(plan for plan in found.plans if plan.kind == kind)


def test_the_hurt_segment_is_at_stake_first_and_says_that_it_borrows():
    found = planned()
    assert (found.metric, found.segment) == ("wrong_rate", "region BR")
    assert "region BR" in found.stake
    assert any("borrowed from the other segments" in note for note in found.notes)


def test_then_what_is_degraded_of_the_service():
    slow = planned({k: c for k, c in ROLLOUT.items() if k[1] == "rest"}, p99={"v42": 400.0})
    assert (slow.metric, slow.segment) == ("latency_p99", None)
    healthy = planned({k: c for k, c in ROLLOUT.items() if k[1] == "rest"})
    assert healthy.metric == "wrong_rate"


def test_rows_are_those_of_the_formulas_and_minutes_those_of_the_traffic():
    found = planned()
    canary, shadow = of(found, "canary"), of(found, "shadow")
    criteria = canary.criteria
    assert criteria.baseline == HEALTHY
    assert canary.rows == non_inferiority(HEALTHY, criteria.margin, ratio=1 / 9)
    assert shadow.rows == paired(2 * HEALTHY * (1 - HEALTHY), criteria.margin)
    requests = sum(counts.requests for counts in ROLLOUT.values()) // 12 / 5  # a minute
    in_br = sum(c.requests for k, c in ROLLOUT.items() if k[1] == "BR")
    share = in_br / sum(counts.requests for counts in ROLLOUT.values())
    collecting = canary.rows / (requests * share * 0.1 * 0.8)
    assert canary.minutes == pytest.approx(8 + collecting)
    assert canary.minutes_at_most == pytest.approx(8 + SEQUENTIAL * collecting)
    assert canary.exposed.value == pytest.approx(canary.minutes * requests * 0.1)
    assert shadow.exposed.value == 0.0
    assert shadow.minutes < canary.minutes


def test_fewer_labels_and_a_smaller_share_take_longer():
    minutes = of(planned(), "canary").minutes
    assert of(planned(labels=Labels(0.4, 8 * MINUTE)), "canary").minutes > minutes
    assert of(planned(share=0.02), "canary").minutes > minutes
    assert of(planned(power=0.95), "canary").minutes > minutes
    assert of(planned(margin=0.05), "canary").minutes < minutes


def test_users_who_stay_on_a_version_are_its_share_and_others_meet_it_sooner_or_later():
    met = of(planned(), "canary").exposed_users.value
    assert met == pytest.approx(1 - 0.9**10)
    sticky = replace(CONFIG.options["rules"], sticky=True, wrong_share=None, precision=None)
    sticky = replace(sticky, latency_p99=None)
    config = replace(CONFIG, options={**CONFIG.options, "canary": sticky})
    assert of(planned(config=config), "canary").exposed_users.value == 0.1


def test_a_shadow_comes_first_where_it_can_show_something():
    assert [plan.kind for plan in planned().plans] == ["shadow", "canary", "ab", "probes"]
    for blocked in (
        planned(labels=replace_labels(only_when="decision=0")),
        planned(metric="latency_p99"),
    ):
        assert blocked.plans[-1].kind == "shadow"
        assert blocked.plans[-1].blocked
        assert blocked.plans[-1].criteria is None
    told = of(planned(labels=replace_labels(only_when="decision=0")), "shadow").blocked
    assert "labels come only when decision=0" in told


def replace_labels(**changes):
    return Labels(**{"rate": 0.8, "delay": 0, "only_when": "", **changes})


def test_where_a_canary_takes_hours_the_split_comes_before_it():
    found = planned(share=0.001)
    assert [plan.kind for plan in found.plans] == ["shadow", "ab", "canary", "probes"]


def test_a_control_that_is_hurt_itself_is_no_control():
    found = planned({**UNIT_SWAP, ("v41", "BR"): UNIT_SWAP["v42", "BR"]})
    assert of(found, "canary").criteria.control == ""
    assert any("v41 is hurt itself" in note for note in found.notes)
    assert of(planned(), "canary").criteria.control == "v41"
    assert of(planned(against="v40"), "canary").criteria.control == "v40"
    assert of(planned(against="baseline"), "canary").criteria.control == ""


def test_criteria_name_guardrails_and_how_long_it_is_tried():
    criteria = of(planned(), "canary").criteria
    assert [guard.name for guard in criteria.guardrails] == ["latency_p99"]
    assert criteria.guardrails[0].slowest == 250.0
    assert criteria.label_delay == 8 * MINUTE
    assert criteria.latest >= 15 * MINUTE
    assert criteria.sentences[0].startswith("pass: wrong decisions in region BR")
    assert any("over 250 ms" in sentence for sentence in criteria.sentences)
    assert of(planned(), "shadow").criteria.guardrails == []


def test_latency_is_a_share_of_slow_requests_and_needs_rows_enough_to_exclude_it():
    criteria = of(planned(metric="latency_p99"), "canary").criteria
    assert criteria.baseline + criteria.margin == pytest.approx(0.01)
    assert criteria.rows >= 299
    assert criteria.label_delay == 0
    assert "latency_p99" not in [guard.name for guard in criteria.guardrails]


def test_precision_needs_positive_decisions_and_is_turned_into_false_alarms():
    config = replace(
        CONFIG,
        objectives=[*CONFIG.objectives, Objective(name="q", metric="precision", at_least=0.8)],
    )
    canary = of(planned(metric="precision", config=config), "canary")
    assert canary.criteria.baseline == pytest.approx(0.15)
    assert canary.criteria.margin == pytest.approx(0.05)
    every = of(planned(margin=0.05), "canary")
    assert canary.minutes / canary.rows > every.minutes / every.rows


def test_what_is_not_measured_is_said_and_asks_for_no_rows():
    found = planned(NO_LABELS, labels=Labels(None))
    assert "label" in found.traffic
    for plan in found.plans:
        assert plan.minutes is None
    nothing = Assessment(at=AT, as_of=AT, window=WINDOW, metrics=[], drift=[], segments=[])
    empty = experiment(nothing, state(), CONFIG, Labels(None))
    assert "no traffic" in empty.traffic
    for plan in empty.plans:
        assert plan.rows is None
        assert plan.blocked
        assert plan.criteria is None


def test_a_ranking_is_planned_but_not_watched():
    found = planned(metric="auc")
    assert all(plan.criteria is None for plan in found.plans)


def test_a_metric_that_cannot_be_proved_is_refused_by_name():
    with pytest.raises(BadInput, match="choose of wrong_rate"):
        planned(metric="psi")


def test_names_from_outside_are_inert():
    found = planned(fix="v\x1b[31m", against="v\u202e")
    criteria = of(found, "canary").criteria
    for text in (criteria.fix, criteria.control, *criteria.sentences):
        assert text.isprintable()


@pytest.mark.parametrize("tolerance", [0.0, 5.0])
def test_a_tolerance_of_nothing_or_of_all_is_still_a_margin(tolerance):
    promised = Objective(name="q", metric="wrong_rate", at_most=0.05, tolerance=tolerance)
    found = planned(config=replace(CONFIG, objectives=[promised]))
    assert 0 < of(found, "canary").criteria.margin < 1
    assert of(found, "canary").rows > 0
