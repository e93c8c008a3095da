"""Settings that cannot mean anything are refused with the key and the mend, when they are read."""

from __future__ import annotations

import pytest

from cockpit.config import Config, check
from cockpit.records import BadInput
from cockpit.yamlfile import load


def read(text: str) -> Config:
    return load(text, Config, where="cockpit.yaml", check=check)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("options: {rolback: {undo: 3}}", "cockpit.yaml:1: options.rolback: no such option;"
         " did you mean 'rollback'?"),
        ("objectives:\n  - {name: fast, good: latency under 250ms, target: 99%}",
         "cockpit.yaml:2: objectives[0].good: 'latency under 250ms' says nothing known;"
         " write 'latency <= 250ms' or 'no error'"),
        ("objectives: [{name: fast, good: latency <= soon}]", "'soon' is not a duration"),
        ("objectives: [{name: fast, good: no error, target: 101%}]", "'101%' is not a share"),
        ("timezone: Mars/Olympus", "timezone: 'Mars/Olympus' is not a time zone"),
        ("faults:\n  ratios: {errors_upp: {data: 4}}", "cockpit.yaml:2: faults.ratios.errors_upp:"
         " no such sign 'errors_upp'; did you mean 'errors_up'?"),
        ("faults: {probes: {zzz: 4}}",
         "faults.probes.zzz: no such sign 'zzz'; there are: quality_degraded,"),
        ("faults: {ratios: {errors_up: {infra: 4}}}",
         "faults.ratios.errors_up.infra: no such fault"),
        ("faults: {by_chance: 10%}", "faults.by_chance: not between 0% and 10%"),
        ("faults: {by_chance: 0%}", "faults.by_chance: not between 0% and 10%"),
        ("faults: {prior: {model: 0, data: 0, capacity: 0, mix: 0, noise: 0}}",
         "faults.prior: every fault has no weight"),
        ("tolerance: a bit", "tolerance: 'a bit' is not a share"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_where_it_stands(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert said in str(refused.value)
    assert str(refused.value).startswith("cockpit.yaml:")


def test_what_people_write_is_read() -> None:
    config = read(
        "objectives:\n"
        "  - {name: fast, good: latency <= 250ms, target: 99%}\n"
        "  - {name: up, good: no error, target: 99.9%}\n"
        "options: {segment_off: {minutes: [2, 3]}}\n"
    )
    assert [objective.name for objective in config.objectives] == ["fast", "up"]
    assert config.options["segment_off"].minutes == (2.0, 3.0)
