"""The containment options: what is particular about each of them here."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cockpit.config.base import NotBelow0, Settings

# The containment options that are built in; `options` may name others, with what they serve.
OPTIONS = (
    "observe",
    "rollback",
    "canary",
    "split",
    "blue_green",
    "shadow",
    "pin",
    "rules",
    "throttle",
    "kill",
    "segment_off",
)


class Capacity(Settings, kw_only=True):
    """Warm workers an option finds, and how many it needs."""

    warm_workers: int  # used where no gauge warm_replicas says how many there are
    needed: int  # to carry all traffic
    # requests a second that one worker carries, where no load curve tells
    per_worker: Annotated[float, Meta(gt=0)] | None = None


class Retries(Settings, kw_only=True):
    """How callers try again: what may keep an overload alive after its cause is gone."""

    times: Annotated[int, Meta(ge=0, le=20)] = 0  # at most, after the first attempt
    timeout: str = "1s"  # after which a caller tries again


class OptionSettings(Settings, kw_only=True):
    """What is particular to one containment option here, or to one of the team's own."""

    label: str = ""  # of a team's own option: what people call it
    # of a team's own: which version then serves which share: {v41: 60%, rules: 40%}
    serves: dict[str, str] = {}
    minutes: tuple[float, float] | None = None  # to effect: median, 90th percentile
    undo: NotBelow0 | None = None  # minutes
    capacity: Capacity | None = None  # of rollback, blue_green, canary and split
    # while workers that are not warm yet warm up: the share of their requests that is slow, and
    # for how many minutes
    cold: tuple[Annotated[float, Meta(ge=0, le=1)], NotBelow0] | None = None
    share: str | None = None  # of canary and split: requests that stay on the new version
    sticky: bool | None = None  # whether a user stays on one version; shown beside the share
    shed: str | None = None  # of throttle: requests turned away
    segments: list[str] | None = None  # of segment_off: dimensions it can switch; none: any
    precision: Annotated[float, Meta(ge=0, le=1)] | None = None  # of rules
    latency_p99: NotBelow0 | None = None  # of rules, ms
    wrong_share: str | None = None  # of rules: decisions that are wrong
    slow_left: str | None = None  # of throttle: slow requests left, where no curve tells
    snapshot: str | None = None  # of pin: the last good features, in words
    restored: str | None = None  # of pin: the share of the harm by bad features that it ends
    fails: str | None = None  # how often it has to be done a second time
    cost: NotBelow0 | None = None  # of doing it, once, in missed positives
    irreversible: str | None = None  # what it does that cannot be undone, in words
    approval: str | None = None  # the key of the stakeholder who must agree
    companions: list[str] | None = None  # what is done beside it
    guarantee: str | None = None  # which of the guarantees it protects
    needs: str | None = None  # what must be there first, in words: legal OK
    action: str | None = None  # not read yet: what carries it out
    enabled: bool = True  # false: not in the table
