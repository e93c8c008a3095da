"""The model behind the service, and what was promised of it."""

from __future__ import annotations

import re

from msgspec import field

from cockpit.config.base import NotBelow0, Settings

NO_ERROR = "no error"
LATENCY = re.compile(r"latency\s*<=?\s*(.+)")  # of an objective's `good`; a duration follows


class Versions(Settings, kw_only=True):
    """Which versions serve, and which could."""

    current: str = ""  # the new one; empty: that of the last deploy, else the one that serves most
    previous: str = ""  # what a rollback goes back to; empty: another that serves or was deployed
    fallback: str = "rules"  # what decides without a model


class Harm(Settings, kw_only=True):
    """What a wrong decision costs, relative to one missed positive."""

    unit: str = "wrong decisions"  # the team's own word
    false_negative: NotBelow0 = 1.0  # a missed positive
    false_positive: NotBelow0 = 0.2  # a false alarm
    slow: NotBelow0 = 0.02  # a request over the latency objective
    shed: NotBelow0 = 0.1  # a request that is not served


class Model(Settings, kw_only=True):
    """The model behind the service."""

    versions: Versions = field(default_factory=Versions)  # which versions there are
    threshold: float | None = None  # not read yet: decisions come from the map
    harm: Harm = field(default_factory=Harm)  # what wrong decisions cost
    positive: str = "positive"  # what one positive is called: fraud, default, spam
    label_delay: str = ""  # how long labels usually take; said in briefings


class Objective(Settings, kw_only=True):
    """A promise: a share of good events (`good`, `target`), or a bound on a metric."""

    name: str  # what the team calls it
    good: str = ""  # "latency <= 250ms" or "no error"
    target: str = ""  # the share of good requests: 99%
    window: str = "28d"  # the time over which its budget of bad requests is spent
    metric: str = ""  # else the metric that is bound, as `assess` names it
    at_least: float | None = None  # its lower bound
    at_most: float | None = None  # or its upper bound
    # how much worse than its baseline it may be; else the distance from baseline to bound
    tolerance: float | None = None


class ObjectivesFrom(Settings, kw_only=True):
    """Promises that stand in files of OpenSLO or Sloth."""

    file: str  # beside this one, or a pattern of files: slos/*.yaml
    service: str = ""  # only those of this service, as the files call it; empty: all
    server: str = ""  # the server that has their series, of several; empty: the first
