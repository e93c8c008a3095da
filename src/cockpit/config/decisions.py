"""What is taken for given where nothing is measured: of faults, of decisions, of drift."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from cockpit.config.base import Settings

FAULTS = ("model", "data", "capacity", "mix", "noise")


class Faults(Settings, kw_only=True):
    """What may be wrong, before anything is looked at, and what each sign says of it."""

    # fault: weight, of model, data, capacity, mix, noise
    prior: dict[str, Annotated[float, Meta(ge=0)]] = {}
    recent: str = "24h"  # a deploy, or a change of schema or pipeline, younger than this …
    recent_times: Annotated[float, Meta(gt=0)] = 3.0  # … makes its fault so many times as likely
    # sign: fault: likelihood ratio against a service where nothing is known
    ratios: dict[str, dict[str, Annotated[float, Meta(gt=0)]]] = {}
    by_chance: str = "8%"  # how often a sign is seen where it says nothing
    probes: dict[str, Annotated[float, Meta(gt=0)]] = {}  # sign: minutes that looking takes


class Decisions(Settings, kw_only=True):
    """What the containment table takes for given beyond the options' own settings."""

    horizon: str = "4h"  # harm is counted until it is resolved, and no longer than this
    minutes_to_fix: tuple[float, float] = (90.0, 148.0)  # median, 90th percentile
    # how much of a fault in shared features the previous version has too: least, most
    shared_fault: tuple[float, float] = (0.6, 1.15)
    # by how much the new version is better than the one before, of the healthy share of wrong
    # decisions: mean, standard deviation
    improvement: tuple[str, str] = ("5%", "2.5%")
    requests_per_user: Annotated[float, Meta(ge=1)] = 10.0  # in an incident, where not counted
    # how much the mean of the worst tenth counts beside the mean
    tail: dict[str, Annotated[float, Meta(ge=0)]] = field(
        default_factory=lambda: {"SEV1": 1.0, "SEV2": 0.5, "SEV3": 0.0, "SEV4": 0.0}
    )
    # while no label tells: wrong decisions of a faulty model or on bad data, times the healthy
    # share: median, 90th percentile
    unlabelled: tuple[float, float] = (1.5, 3.0)
    # beyond chance, by how much a measured excess of wrong decisions may be off, for young labels
    # and a start that is not known to the minute: a standard deviation
    misjudged: str = "30%"
    # by how much the share of wrong decisions of a healthy service differs from one hour to
    # another: a standard deviation, of that share
    wander: str = "10%"
    recheck: str = "10m"  # when to look again after deciding to observe


class Drifting(Settings, kw_only=True):
    """When drift may be said: the classes of PSI, and the rows it takes."""

    min_rows: Annotated[int, Meta(ge=1)] = 1000  # fewer rows, and no class unless it is certain
    noticeable: float = 0.1  # corrected PSI from which drift is noticeable
    major: float = 0.25  # corrected PSI above which it is major
    # feature: weight in the order of the list; one without a weight has the mean of the others
    importance: dict[str, Annotated[float, Meta(ge=0)]] = {}
