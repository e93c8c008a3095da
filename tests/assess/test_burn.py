"""Error budgets: how fast they burn, how sure that is, and what becomes of it in an assessment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cockpit.assess.estimates import Moment
from cockpit.assess.inputs import BURN_SPANS, Inputs
from cockpit.assess.methods.intervals import wilson
from cockpit.assess.report import assess
from cockpit.assess.service.burn import THRESHOLDS, Tally, burn_rate, certainty, time_left
from cockpit.assess.service.burn_report import burn_rates, burns
from cockpit.bins import latency_bin
from cockpit.config import Config, Objective, Predictions
from cockpit.records import DAY, HOUR, MINUTE, SECOND, Burn, Estimate, Window
from tests.assess.building import table

END = 1_700_000_000 * SECOND
NO_ERROR = Objective(name="availability", good="no error", target="99.9%")
FAST = Objective(name="latency", good="latency <= 250ms", target="99%")
SPANS = sorted({span for pair in BURN_SPANS for span in pair})


def tally(bad: int, n: int, span: int = HOUR, known: int | None = None, most: int = 0) -> Tally:
    return Tally(
        span=span,
        known=span if known is None else known,
        n=n,
        least=bad,
        bad=bad,
        most=max(bad, most),
    )


def inputs(tables: dict[int, dict[str, object]], objective: Objective, **more: object) -> Inputs:
    """What is known at END of a service whose fast tables are given by span."""
    history = more.pop("history_window", Window(start=END - 6 * HOUR, end=END))
    return Inputs(
        at=END,
        as_of_fast=END,
        as_of_slow=END,
        infra_window=Window(start=END - 5 * MINUTE, end=END),
        quality_window=Window(start=END - HOUR, end=END),
        history_window=history,
        now=tables.get(5 * MINUTE, {}),
        spans=tables,
        config=Config(objectives=[objective]),
        map=Predictions(error="failed"),
        **more,
    )


def traffic(requests: int, errors: int) -> dict[str, object]:
    kinds = ["", "timeout"] if errors else [""]
    return {
        "traffic": table("traffic", version="v1", kind=kinds, n=[requests, errors][: len(kinds)])
    }


def failing(per_second: int, share: float, since: int = 3 * DAY) -> dict[int, dict[str, object]]:
    """Tables of every span for steady traffic, of which a share failed since so long ago."""
    found = {}
    for span in SPANS:
        n, bad = per_second * span // SECOND, per_second * min(span, since) // SECOND
        found[span] = traffic(n, round(bad * share))
    return found


def by_threshold(found: list[Burn]) -> dict[float, Burn]:
    return {burn.threshold: burn for burn in found}


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rate_is_the_bad_share_over_the_allowed_one_and_its_interval_wilsons(pair):
    bad, n = pair
    found, share = burn_rate(tally(bad, n), 0.001), wilson(bad, n)
    assert found.value == pytest.approx(bad / n / 0.001)
    assert found.low == pytest.approx(share.low / 0.001)
    assert found.high == pytest.approx(share.high / 0.001)
    assert (found.n, found.n_pos) == (n, bad)


def test_rate_of_nothing_of_no_budget_and_of_faulty_counts_is_null():
    assert burn_rate(tally(0, 0), 0.01).reason == "no requests"
    assert burn_rate(tally(1, 9), 0.0).reason == "a promise of 100 % leaves no budget"
    faulty = replace(tally(1, 9), reason="more errors than requests")
    assert burn_rate(faulty, 0.01).reason == "more errors than requests"


def test_events_that_may_be_bad_widen_the_interval():
    found = burn_rate(replace(tally(10, 1000, most=200), bad=80.0), 0.01)
    assert found.low < 1.0 < found.value == 8.0 < 20.0 < found.high


def simulated(long: Tally, short: Tally, threshold: float, allowed: float) -> float:
    """The same chance by drawing the shares of the short window and of the rest."""
    rng, share = np.random.default_rng(3), threshold * allowed
    good = 0.5 / share - 0.5
    rest, rest_bad = long.n - short.n, long.least - short.least
    inside = rng.beta(short.least + 0.5, short.n - short.least + good, 200_000)
    outside = rng.beta(rest_bad + 0.5, rest - rest_bad + good, 200_000)
    both = (inside * short.n + outside * rest) / long.n
    scale = long.span / long.known
    return float(np.mean((inside >= share) & (both >= share * scale)))


@pytest.mark.parametrize(
    ("long", "short", "threshold"),
    [
        (tally(520, 36_000), tally(45, 3000, 5 * MINUTE), 14.4),
        (tally(16, 1000), tally(2, 90, 5 * MINUTE), 14.4),
        (tally(530, 36_000), tally(528, 3000, 5 * MINUTE), 14.4),
        (tally(25, 3000, 6 * HOUR), tally(25, 250, 30 * MINUTE), 6.0),
        (tally(400, 9000, known=20 * MINUTE), tally(100, 2250, 5 * MINUTE), 14.4),
    ],
)
def test_certainty_is_the_share_of_draws_in_which_both_windows_burn(long, short, threshold):
    found = certainty(long, short, threshold, 0.001)
    assert 0.02 < found < 0.999
    assert found == pytest.approx(simulated(long, short, threshold, 0.001), abs=0.012)


@given(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(0, 30_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from(THRESHOLDS),
)
def test_certainty_is_no_greater_than_that_of_the_short_window_alone(inside, rest, threshold):
    short = tally(*inside, 5 * MINUTE)
    long = tally(inside[0] + rest[0], inside[1] + rest[1])
    found, share = certainty(long, short, threshold, 0.001), threshold * 0.001
    good = short.n - short.least + 0.5 / share - 0.5
    assert 0.0 <= found <= stats.beta.sf(share, short.least + 0.5, good) + 1e-9


@pytest.mark.parametrize("n", [1, 3, 60, 1000, 100_000])
def test_one_bad_event_alone_makes_nothing_sure(n):
    for target in (0.05, 0.01, 0.001, 1e-5):
        assert (certainty(tally(1, n), tally(1, n, 5 * MINUTE), 14.4, target) or 0.0) < 0.9


def test_a_rate_that_no_share_can_reach_is_never_certain():
    assert certainty(tally(9, 9), tally(9, 9, 5 * MINUTE), 14.4, 0.1) == 0.0


def test_a_window_without_requests_makes_certainty_unknown():
    assert certainty(tally(90, 900), tally(0, 0, 5 * MINUTE), 14.4, 0.001) is None


@given(st.floats(0.01, 1000), st.floats(0, 2), st.integers(HOUR, 90 * DAY))
def test_time_left_spends_the_rest_of_the_budget(rate, spent, window):
    left = time_left(rate, spent, window)
    if left is None:
        assert (1 - spent) >= rate * (1 - 1e-9)
    else:
        assert rate * left / window == pytest.approx(max(1 - spent, 0), abs=1e-6)
    assert time_left(0.0, spent, window) is time_left(None, spent, window) is None


def test_an_outage_pages_and_makes_its_figure_critical():
    found = assess(inputs(failing(100, 0.05, HOUR), NO_ERROR), None)
    by_id = {e.id: e for e in found.metrics}
    fastest = by_threshold(found.burns)[14.4]
    assert fastest.long.value == pytest.approx(50)
    assert (fastest.long.id, fastest.short.id) == (
        "burn_rate@availability@1 h",
        "burn_rate@availability@5 min",
    )
    assert fastest.certainty > 0.99
    assert by_id["error_rate"].verdict == by_id["burn_rate@availability"].verdict == "critical"
    assert "pages: availability budget burns 50.0×" in by_id["error_rate"].sentence
    # An hour at 50× of 28 days spent 7.4 %, the rest lasts (1 − .074) · 28 d / 50.
    assert fastest.left == pytest.approx((1 - 50 / 24 / 28) * 28 * DAY / 50, rel=1e-6)
    assert fastest.sentence == (
        "availability budget burns 50.0×, gone in 12 h 26 min · over 1 h, 50.0× over 5 min · "
        "what was spent before 2023-11-11 22:13 is unknown, assumed none"
    )


def test_what_is_over_does_not_page():
    tables = failing(100, 0.05, HOUR) | {5 * MINUTE: traffic(30_000, 0)}
    found = assess(inputs(tables, NO_ERROR), None)
    assert by_threshold(found.burns)[14.4].certainty == 0.0
    assert {e.id: e.verdict for e in found.metrics}["error_rate"] != "critical"


@pytest.mark.parametrize(
    ("share", "word"), [(0.05, "critical"), (0.008, "degraded"), (0.003, "watch"), (0.0005, "fine")]
)
def test_the_word_is_that_of_the_fastest_pair_that_surely_burns(share, word):
    found = burn_rates(burns(Moment(inputs(failing(100, share), NO_ERROR), None)))
    assert [(e.id, e.verdict) for e in found] == [("burn_rate@availability", word)]
    assert found[0].value == pytest.approx(share / 0.001, rel=1e-3)
    assert found[0].unit == "×"


def test_a_recording_shorter_than_the_span_claims_no_more_than_it_saw():
    known = 20 * MINUTE
    tables = {span: traffic(min(span, known) // SECOND * 100, 0) for span in SPANS}
    tables |= {
        span: traffic(n := min(span, known) // SECOND * 100, n // 100) for span in SPANS
    }  # 10×, for 20 minutes
    found = by_threshold(burns(Moment(inputs(tables, NO_ERROR, recorded_since=END - known), None)))
    slow = found[6.0]
    assert slow.long.window == Window(start=END - known, end=END)
    assert slow.long.value == pytest.approx(10.0)
    assert slow.certainty == 0.0  # had the rest of the six hours no fault, it would be 0.6×
    assert "over the 20 min recorded of 6 h" in slow.sentence
    assert found[1.0].certainty == 0.0
    worse = {span: traffic(n := min(span, known) // SECOND * 100, n // 10) for span in SPANS}
    sure = by_threshold(burns(Moment(inputs(worse, NO_ERROR, recorded_since=END - known), None)))
    assert sure[14.4].certainty > 0.99  # 100×: a third of an hour of it is enough
    assert sure[1.0].certainty == 0.0  # of three days it is not


def test_no_requests_burn_nothing_and_are_not_fine():
    nothing = {span: {"traffic": table("traffic", version=[], kind=[], n=[])} for span in SPANS}
    found = burns(Moment(inputs(nothing, NO_ERROR), None))
    assert {burn.sentence for burn in found} == {"availability budget: no requests"}
    assert {(burn.certainty, burn.left) for burn in found} == {(None, None)}
    assert [e.verdict for e in burn_rates(found)] == ["not enough data"]
    by_id = {e.id: e for e in assess(inputs(nothing, NO_ERROR), None).metrics}
    assert (by_id["error_rate"].verdict, by_id["error_rate"].reason) == (
        "not enough data",
        "no requests",
    )
    assert by_id["requests"].sentence == "no requests"
    assert by_id["requests"].verdict != "fine"


def test_a_service_that_nobody_asks_any_more_is_not_fine():
    tables = failing(100, 0.0005) | {5 * MINUTE: traffic(0, 0)}
    found = burns(Moment(inputs(tables, NO_ERROR), None))
    assert by_threshold(found)[14.4].certainty is None
    assert "no requests over 5 min" in found[0].sentence
    assert [e.verdict for e in burn_rates(found)] == ["not enough data"]


def test_errors_that_nobody_records_are_not_none():
    silent = replace(inputs(failing(10, 0.0), NO_ERROR), map=Predictions())
    assert {b.sentence for b in burns(Moment(silent, None))} == {
        "availability budget: errors not recorded"
    }


def test_latency_burns_by_the_requests_that_were_slower():
    tables = {
        span: {
            "latency": table(
                "latency", version="v1", bin=latency_bin(np.array([0.1, 0.3])), n=[8, 2]
            )
        }
        for span in SPANS
    }
    found = by_threshold(burns(Moment(inputs(tables, FAST), None)))[14.4]
    assert (found.long.value, found.long.n, found.long.n_pos) == (pytest.approx(20.0), 10, 2)
    assert found.long.source == "latency"


def gauge(minutes: int, slow: int) -> tuple[np.ndarray, np.ndarray]:
    """A p99 in seconds, every 15 s; over the promise in the last minutes."""
    times = END - minutes * MINUTE + np.arange(minutes * 4) * 15 * SECOND
    return times, np.where(times >= END - slow * MINUTE, 0.4, 0.1)


def test_with_a_gauge_alone_it_is_the_share_of_good_minutes_and_says_so():
    at = (END // MINUTE) * MINUTE
    times, values = gauge(60, 6)
    shift = END - at
    gauged = inputs(
        {}, FAST, series={"latency_p99": (times - shift, values)}, series_units={"latency_p99": "s"}
    )
    found = by_threshold(burns(Moment(replace(gauged, as_of_fast=at), None)))[14.4]
    assert (found.long.n, found.long.n_pos) == (60, 6)
    assert found.long.value == pytest.approx(10.0)
    assert (found.short.n, found.short.n_pos) == (5, 5)
    assert found.long.source == "gauge latency_p99"
    assert "good minutes" in found.sentence
    assert found.long.window.end - found.long.window.start == HOUR


def counters(minutes: int, per_minute: dict[str, int]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    times = END - np.arange(minutes, -1, -1) * MINUTE - SECOND
    grown = np.arange(minutes + 1)
    return {
        f'latency_bucket{{le="{le}",version="v1"}}': (times, grown * float(n))
        for le, n in per_minute.items()
    }


def test_le_buckets_burn_exactly_where_the_promise_is_an_edge_and_bracket_it_elsewhere():
    series = counters(90, {"0.1": 60, "0.25": 90, "0.5": 98, "+Inf": 100})
    found = by_threshold(burns(Moment(inputs({}, FAST, series=series), None)))[14.4]
    assert found.long.source == "latency buckets"
    assert (found.long.n, found.long.n_pos) == (5900, 590)
    assert found.long.value == pytest.approx(10.0)
    assert "lies between" not in found.sentence
    between = Objective(name="latency", good="latency <= 300ms", target="99%")
    found = by_threshold(burns(Moment(inputs({}, between, series=series), None)))[14.4]
    assert found.long.low < 2.0 < found.long.value < 10.0 < found.long.high
    assert found.long.value == pytest.approx(8.4)
    assert "300 ms lies between the bucket bounds 250 ms and 500 ms" in found.sentence


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=5, max_size=5),
    st.sampled_from(["0%", "50%", "99.9%", "100%"]),
    st.sampled_from(["no error", "latency <= 250ms"]),
)
def test_whatever_was_counted_there_is_a_value_or_a_reason(counts, target, good):
    tables = dict(zip(SPANS, (traffic(*pair) for pair in counts), strict=True))
    made = inputs(tables, Objective(name="\x1bhostile", good=good, target=target, window="1h"))
    found = burns(Moment(made, None))
    assert len(found) == len(THRESHOLDS)
    for burn in found:
        assert burn.certainty is None or 0.0 <= burn.certainty <= 1.0
        assert "\x1b" not in burn.objective + burn.sentence + burn.long.id
        for e in (burn.long, burn.short, *burn_rates(found)):
            assert_told(e)


def assert_told(e: Estimate) -> None:
    assert (e.value is None) == bool(e.reason)
    assert e.verdict != "fine" or e.value is not None
    if e.value is not None:
        assert e.low <= e.value <= e.high
