"""What types cannot say: every duration, share, name and zone of a configuration, read once."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.config.checking_sources import check_sources
from cockpit.config.decisions import FAULTS
from cockpit.config.model import LATENCY, NO_ERROR
from cockpit.config.options import OPTIONS, OptionSettings
from cockpit.config.root import Config
from cockpit.records import MINUTE, SECOND, BadInput, naming
from cockpit.signs import known as known_sign
from cockpit.text import inert
from cockpit.units import parse_duration, parse_share
from cockpit.yamlfile import nearest

_LONGEST = 1_000  # characters of a message


def check(config: Config) -> None:
    """Read every duration, share, name and zone once. Raises BadInput naming the key."""
    try:
        _check(config)
    except BadInput as error:
        raise BadInput(inert(error, _LONGEST)) from None


def _check(config: Config) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(config.timezone)
    except (KeyError, ValueError, OSError):
        raise BadInput(
            f"timezone: '{config.timezone}' is not a time zone; write one like Europe/Berlin"
        ) from None
    _read("incident.look_back", config.incident.look_back, parse_duration)
    _read("incident.keep", config.incident.keep, parse_duration)
    _read("incident.every", config.incident.every, _check_beat)
    _read("tolerance", config.tolerance, parse_share)
    if config.model.label_delay:
        _read("model.label_delay", config.model.label_delay, parse_duration)
    for i, objective in enumerate(config.objectives):
        _read(f"objectives[{i}].window", objective.window, parse_duration)
        if objective.target:
            _read(f"objectives[{i}].target", objective.target, parse_share)
        if objective.good:
            _read(f"objectives[{i}].good", objective.good, _check_good)
    for name, option in config.options.items():
        _check_option(name, option, config)
    _check_decisions(config)
    check_sources(config)


def _check_option(name: str, option: OptionSettings, config: Config) -> None:
    where = f"options.{name}"
    if name not in OPTIONS and not (option.serves or option.shed):
        known = nearest(name, OPTIONS) or f"there are: {', '.join(OPTIONS)}"
        own = "one of your own says what it `serves` or `shed`s"
        raise BadInput(f"{where}: no such option; {known}; {own}")
    for key in ("share", "shed", "wrong_share", "slow_left", "restored", "fails"):
        share = getattr(option, key)
        if share is not None:
            _read(f"{where}.{key}", share, parse_share)
    shares = [_share(f"{where}.serves.{version}", text) for version, text in option.serves.items()]
    if sum(shares) > 1.0 + 1e-9:
        raise BadInput(f"{where}.serves: more than 100% together; lower a share")
    if option.approval is not None and option.approval not in config.stakeholders:
        known = ", ".join(config.stakeholders) or "none yet"
        raise BadInput(f"{where}.approval: no stakeholder {option.approval!r}; there are: {known}")
    if option.minutes is not None and not 0 <= option.minutes[0] <= option.minutes[1]:
        raise BadInput(f"{where}.minutes: write the median, then the 90th percentile: [2, 6]")


def _share(key: str, text: str) -> float:
    with naming(key):
        return parse_share(text)


def _check_decisions(config: Config) -> None:
    decisions, faults = config.decisions, config.faults
    _read("decisions.horizon", decisions.horizon, parse_duration)
    _read("decisions.recheck", decisions.recheck, parse_duration)
    _read("decisions.wander", decisions.wander, parse_share)
    _read("decisions.misjudged", decisions.misjudged, parse_share)
    for i, share in enumerate(decisions.improvement):
        _read(f"decisions.improvement[{i}]", share, parse_share)
    _read("faults.recent", faults.recent, parse_duration)
    _read("faults.by_chance", faults.by_chance, parse_share)
    if not 0.0 < parse_share(faults.by_chance) < 0.1:
        raise BadInput("faults.by_chance: not between 0% and 10%; a sign counts up to ten times it")
    if faults.prior and not any(faults.prior.get(fault, 1.0) for fault in FAULTS):
        raise BadInput("faults.prior: every fault has no weight; give one of them some")
    for key, signs in (("faults.ratios", faults.ratios), ("faults.probes", faults.probes)):
        for sign in signs:
            _read(f"{key}.{sign}", sign, known_sign)
    if config.retries is not None:
        _read("retries.timeout", config.retries.timeout, parse_duration)
    for key, names in (
        ("faults.prior", faults.prior),
        *((f"faults.ratios.{sign}", ratios) for sign, ratios in faults.ratios.items()),
    ):
        for name in names:
            if name not in FAULTS:
                raise BadInput(f"{key}.{name}: no such fault; there are: {', '.join(FAULTS)}")
    for low, high, key in (
        (*decisions.minutes_to_fix, "minutes_to_fix"),
        (*decisions.shared_fault, "shared_fault"),
        (*decisions.unlabelled, "unlabelled"),
    ):
        if not 0 < low <= high:
            raise BadInput(f"decisions.{key}: the first is not below the second; swap them")


def _check_beat(text: str) -> None:
    every = parse_duration(text)
    if every < SECOND or every % SECOND or MINUTE % every:
        raise BadInput(f"'{text}' does not divide a minute; write one like 5s, 10s or 15s")


def _check_good(text: str) -> None:
    latency = LATENCY.fullmatch(text.strip())
    if latency is not None:
        parse_duration(latency[1])
    elif text.strip() != NO_ERROR:
        raise BadInput(f"'{text}' says nothing known; write 'latency <= 250ms' or '{NO_ERROR}'")


def _read(key: str, text: str, reader: Callable[[str], object]) -> None:
    with naming(key):
        reader(text)
