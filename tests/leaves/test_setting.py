"""One key set while watching: what is read back, what is refused, and that nothing is half set."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import Config, OptionSettings
from cockpit.records import BadInput
from cockpit.setting import first_number, plain, times, with_value, with_values

CONFIG = msgspec.convert(
    {
        "options": {
            "rollback": {"minutes": [4, 9], "capacity": {"warm_workers": 8, "needed": 12}},
            "half_rules": {"serves": {"v41": "50%", "rules": "50%"}},
        }
    },
    Config,
)


@pytest.mark.parametrize(
    ("key", "text", "read"),
    [
        ("options.rollback.minutes", "[2, 6]", lambda c: c.options["rollback"].minutes == (2, 6)),
        ("options.rollback.capacity.needed", "9",
         lambda c: c.options["rollback"].capacity.needed == 9),
        ("options.half_rules.serves.v41", "20%",
         lambda c: c.options["half_rules"].serves["v41"] == "20%"),
        ("options.canary.share", "25%", lambda c: c.options["canary"].share == "25%"),
        ("options.canary.share", "0.25", lambda c: c.options["canary"].share == "0.25"),
        ("options.rules.precision", "0.5", lambda c: c.options["rules"].precision == 0.5),
        ("model.harm.slow", "0.5", lambda c: c.model.harm.slow == 0.5),
        ("decisions.horizon", "2h", lambda c: c.decisions.horizon == "2h"),
        ("decisions.tail.SEV2", "0.25", lambda c: c.decisions.tail["SEV2"] == 0.25),
        ("faults.prior.model", "0.9", lambda c: c.faults.prior == {"model": 0.9}),
        ("faults.ratios.errors_up.data", "4",
         lambda c: c.faults.ratios["errors_up"] == {"data": 4}),
        ("retries.times", "3", lambda c: c.retries.times == 3),
        ("tolerance", "20%", lambda c: c.tolerance == "20%"),
    ],
)  # fmt: skip
def test_a_key_is_set_and_all_else_stays(key: str, text: str, read: object) -> None:
    changed = with_value(CONFIG, key, text)
    assert read(changed)  # type: ignore[operator]
    assert with_value(changed, key, text) == changed
    top = key.split(".")[0]
    ours, theirs = msgspec.to_builtins(CONFIG), msgspec.to_builtins(changed)
    assert {k: v for k, v in ours.items() if k != top} == {
        k: v for k, v in theirs.items() if k != top
    }
    if top == "options":
        name = key.split(".")[1]
        assert {k: v for k, v in CONFIG.options.items() if k != name} == {
            k: v for k, v in changed.options.items() if k != name
        }


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("service", "x", "'service' is not set while watching; these are: options, model.harm,"),
        ("optionss.rollback.undo", "3", "is not set while watching"),
        ("options.rollbak.undo", "3", "options.rollbak: no such option; did you mean 'rollback'?"),
        ("options.rollback.minuts", "3", "minuts: no such key; did you mean 'minutes'?"),
        ("options.rollback.capacity.minutes", "3", "there are: warm_workers, needed"),
        ("options.canary.capacity.needed", "3", "missing required field `warm_workers`"),
        ("options.rollback.minutes.more", "3", "there is no such key"),
        ("options.rollback.minutes", "soon", "options.rollback.minutes: Expected `array"),
        ("options.rollback.minutes", "[9, 4]", "write the median, then the 90th percentile"),
        ("options.rollback.undo", "-1", "options.rollback.undo: Expected `float` >= 0.0"),
        ("options.rollback.undo", "1e999", "options.rollback.undo: Expected `float"),
        ("options.rollback.minutes", "[4,", "options.rollback.minutes: value:1: not YAML"),
        ("options.rollback.minutes", "", "options.rollback.minutes: "),
        ("options.canary.share", "110%", "options.canary.share: '110%' is not a share"),
        ("options.rules.precision", "2", "options.rules.precision: Expected `float` <= 1.0"),
        ("model.harm.slow", "-0.1", "model.harm.slow: Expected `float` >= 0.0"),
        ("model.harm.slw", "1", "model.harm.slw: no such key; did you mean 'slow'?"),
        ("decisions.horizon", "soon", "decisions.horizon: 'soon' is not a duration"),
        ("decisions.minutes_to_fix", "[0, 3]", "decisions.minutes_to_fix: "),
        ("faults.prior.infra", "1", "faults.prior.infra: no such fault"),
        ("tolerance", "a bit", "tolerance: 'a bit' is not a share"),
        ("options.rollback.undo", "9" * 300, "options.rollback.undo: longer than 200 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(key: str, text: str, said: str) -> None:
    before = msgspec.json.encode(CONFIG)
    with pytest.raises(BadInput) as caught:
        with_value(CONFIG, key, text)
    line = str(caught.value)
    assert said in line
    assert "\n" not in line
    assert len(line) < 400
    assert msgspec.json.encode(CONFIG) == before


@given(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.text(st.characters(codec="utf-8"), max_size=40),
)
def test_whatever_is_typed_it_is_set_or_refused_with_one_line(rest: str, text: str) -> None:
    for block in ("options.", "options.rollback.", "decisions.", "faults.ratios.", ""):
        said = ""
        try:
            with_value(CONFIG, block + rest, text)
        except BadInput as error:
            said = str(error)
        assert "\n" not in said


def test_of_several_those_that_can_be_are_set() -> None:
    changed = with_values(CONFIG, {"tolerance": "a bit", "model.harm.slow": "0.5", "service": "x"})
    assert changed == with_value(CONFIG, "model.harm.slow", "0.5")
    assert changed.options.get("rollback") == CONFIG.options["rollback"]
    assert changed.options.get("canary", OptionSettings()) == OptionSettings()


@pytest.mark.parametrize(
    ("text", "factor", "result"),
    [
        ("[4, 9]", 2.0, "[8, 18]"),
        ("10%", 0.5, "5%"),
        ("60%", 2.0, "100%"),
        ("[5%, 2.5%]", 2.0, "[10%, 5%]"),
        ("4h", 0.5, "2h"),
        ("1h30m", 2.0, "2h60m"),
        ("1000000", 10.0, "10000000"),
        ("0.00002", 0.5, "0.00001"),
    ],
)
def test_a_value_so_many_times_is_written_as_before(text: str, factor: float, result: str) -> None:
    assert times(text, factor) == result


def test_three_digits_are_enough_to_say() -> None:
    assert times("[4, 9]", 1.23456, digits=3) == "[4.94, 11.1]"
    assert times("10%", 0.96789, digits=3) == "9.68%"
    assert times("90", 1234.5678, digits=3) == "111000"


@given(st.floats(1e-6, 1e9))
def test_a_plain_number_reads_back_without_an_exponent(value: float) -> None:
    assert "e" not in plain(value)
    assert float(plain(value)) == pytest.approx(value, abs=1e-9)
    assert first_number(plain(value)) == pytest.approx(value, abs=1e-9)


def test_the_first_number_of_a_value() -> None:
    assert (first_number("[4, 9]"), first_number("10%"), first_number("soon")) == (4.0, 10.0, None)
