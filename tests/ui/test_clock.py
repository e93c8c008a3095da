"""The replay's clock stays inside the recording, and never moves by itself while paused."""

from hypothesis import given
from hypothesis import strategies as st

from cockpit.records import SECOND, Window
from cockpit.ui.clock import SPEEDS, ReplayClock

SPAN = Window(start=1_000 * SECOND, end=9_000 * SECOND)
TIMES = st.integers(0, 10_000 * SECOND)
CLOCKS = st.builds(
    ReplayClock,
    at=TIMES,
    span=st.just(SPAN),
    speed=st.sampled_from([0.1, *SPEEDS]),
    paused=st.booleans(),
)


@given(CLOCKS, st.integers(-20_000 * SECOND, 20_000 * SECOND))
def test_it_never_leaves_the_recording(clock, by):
    for moved in (clock, clock.moved(by), clock.gone_to(by), clock.ticked(abs(by))):
        assert SPAN.start <= moved.at <= SPAN.end


@given(CLOCKS, st.integers(1, 10 * SECOND))
def test_time_passes_at_its_speed_unless_paused(clock, elapsed):
    after = clock.ticked(elapsed)
    if clock.paused:
        assert after == clock
    else:
        assert after.at == min(SPAN.end, clock.at + round(elapsed * clock.speed))


@given(CLOCKS)
def test_faster_and_slower_undo_each_other_inside_the_list(clock):
    assert clock.faster().speed >= clock.speed >= clock.slower().speed
    if clock.speed in SPEEDS[:-1]:
        assert clock.faster().slower() == clock


@given(CLOCKS, st.lists(TIMES, max_size=8))
def test_events_are_found_on_the_right_side(clock, moments):
    after, before = clock.next_after(moments), clock.last_before(moments)
    assert after == min((m for m in moments if m > clock.at), default=None)
    assert before == max((m for m in moments if m < clock.at), default=None)


@given(CLOCKS)
def test_pausing_twice_changes_nothing(clock):
    assert clock.toggled().toggled() == clock
