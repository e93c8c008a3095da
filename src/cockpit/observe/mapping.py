"""The import's map, read and checked once: which column means what, and where the map says so."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from cockpit.config import Config, Every, Label, Predictions
from cockpit.config.engine_url import check_url
from cockpit.records import DAY, SECOND, BadInput, naming
from cockpit.services import load_service
from cockpit.tables import NEGATIVE, PAIR, POSITIVE
from cockpit.text import inert
from cockpit.units import parse_duration, parse_instant
from cockpit.yamlfile import Document, dump_effective, read, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from cockpit.observe.rows import Rows

_CONDITION = re.compile(r"\s*decision\s*={1,2}\s*([01])\s*")
_WHOLE_DOCUMENT: tuple[str, ...] = ()
IN_CONFIG = ("sources", "predictions")  # where a map stands in a configuration
_LONGEST_HORIZON = "3650d"  # where the map says none: a date in the year 9999 means "never"
UNNAMED_VERSION = "current"  # where neither map nor configuration names the version


@dataclass(frozen=True)
class Mapping:
    """What the columns mean; every duration and time is in µs."""

    settings: Predictions
    text: str  # as it goes into the incident file
    document: Document
    prefix: tuple[str, ...]  # where in the document the map begins
    service: str
    bucket: int
    clock: tuple[int, int] | None  # row i happened at start + i · every
    label_delay: int | None
    label_horizon: int  # labels known later than this after their event are not used
    label_decision: int | None  # labels exist only for rows with this decision
    label_end: int | None = None  # of a recording: labels known then or later are not used
    versions_in_column: bool = False  # else `settings.version` is the one version

    @property
    def time(self) -> str | None:
        """The column of event times, if times are in a column."""
        return self.settings.time if isinstance(self.settings.time, str) else None

    @property
    def label(self) -> str | None:
        """The column of labels, whichever file it is in."""
        label = self.settings.label
        return label.column if isinstance(label, Label) else label

    @property
    def label_time(self) -> str | None:
        """The column that says when each label was known."""
        label = self.settings.label
        return (label.time if isinstance(label, Label) else None) or self.settings.label_time

    @property
    def dimensions(self) -> list[str]:
        """Columns that single segments are made of, protected ones among them."""
        named = [
            part
            for entry in self.settings.segments
            for part in (entry if isinstance(entry, list) else [entry])
        ]
        return list(dict.fromkeys([*named, *self.settings.protected]))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Declared pairs of dimensions."""
        return [(e[0], e[1]) for e in self.settings.segments if isinstance(e, list)]

    @property
    def counted_columns(self) -> set[str]:
        """Columns whose values are counted as they are: segments, rates and means."""
        metrics = (*self.settings.rates, *self.settings.means)
        return {*self.dimensions, *(metric.column for metric in metrics)}

    @property
    def columns(self) -> list[str]:
        """Every column that means something, features apart."""
        settings = self.settings
        named = [
            self.time,
            settings.version if self.versions_in_column else None,
            settings.score,
            settings.prediction,
            settings.shadow.score if settings.shadow else None,
            self.label,
            self.label_time,
            settings.id,
            settings.user,
            settings.latency,
            settings.error,
            *self.dimensions,
            *(metric.column for metric in (*settings.rates, *settings.means)),
        ]
        return list(dict.fromkeys(c for c in named if c is not None))

    def bound(self, predictions: Rows) -> Mapping:
        """The same map for a file: `version` is a column if the file has one of that name."""
        return replace(self, versions_in_column=self.settings.version in predictions.columns)

    def place(self, *key: str | int) -> str:
        """'map.yaml:3' of a key of the map."""
        return self.document.place(*self.prefix, *key)

    def require(self, rows: Rows, column: str | None, *key: str | int) -> None:
        """Raises BadInput, naming the line of `key`, where `rows` lacks its column."""
        if column is not None:
            asked = ".".join(str(step) for step in key)
            rows.require(column, f"{self.place(*key)} {asked}")


def read_mapping(map_file: Path | None, config_file: Path | None, service: str = "") -> Mapping:
    """The map from its own file, else the `sources.predictions` of a configuration's service."""
    given = load_service(config_file, service) if config_file else None
    config = given.config if given else Config()
    if map_file is not None:
        text = read_text(map_file)
        document = read(text, inert(map_file.name))
        settings = document.convert(Predictions)
        return _mapping(config, settings, document, _WHOLE_DOCUMENT, text)
    if given is not None and config.sources.predictions is not None:
        return mapping_in(config, given.document)
    raise BadInput("no map: give --map FILE, or --config with sources.predictions")


def mapping_in(config: Config, document: Document) -> Mapping:
    """The map that stands in a configuration, which must have one. Raises BadInput."""
    settings = config.sources.predictions
    assert settings is not None
    return _mapping(config, settings, document, IN_CONFIG, dump_effective(settings))


def _mapping(
    config: Config,
    settings: Predictions,
    document: Document,
    prefix: tuple[str, ...],
    text: str,
) -> Mapping:
    """A map from settings that stand in a document below `prefix`. Raises BadInput."""
    name = settings.service or config.service
    if not name:
        raise BadInput(f"{document.name}: service: missing; write what people call the service")
    mapping = _unread(settings, text, document, prefix, name)
    _check(mapping)
    named = _version(settings, config)
    delay, label = settings.label_delay, settings.label
    return replace(
        mapping,
        settings=msgspec.structs.replace(settings, version=named),
        bucket=_bucket(mapping),
        clock=_clock(mapping),
        label_delay=_duration(mapping, delay, "label_delay") if delay else None,
        label_horizon=_duration(
            mapping, label.horizon if isinstance(label, Label) else _LONGEST_HORIZON, "label"
        ),
        label_decision=_condition(mapping),
    )


def mapping_without_rows(service: str, config: Config, document: Document) -> Mapping:
    """The map where no predictions are counted: the service, its version, and its buckets."""
    settings = Predictions(service=service, version=_version(Predictions(), config))
    mapping = _unread(settings, "", document, _WHOLE_DOCUMENT, service)
    return replace(mapping, bucket=_bucket(mapping))


def _unread(
    settings: Predictions, text: str, document: Document, prefix: tuple[str, ...], service: str
) -> Mapping:
    """A map whose times and durations are not read yet."""
    return Mapping(
        settings=settings,
        text=text,
        document=document,
        prefix=prefix,
        service=service,
        bucket=0,
        clock=None,
        label_delay=None,
        label_horizon=0,
        label_decision=None,
    )


def _version(settings: Predictions, config: Config) -> str:
    return settings.version or config.model.versions.current or UNNAMED_VERSION


def _check(mapping: Mapping) -> None:
    settings = mapping.settings
    with naming(f"{mapping.place('ibis')}: ibis"):
        check_url(settings.ibis)
    if settings.time is None:
        raise BadInput(
            f"{mapping.place()}: time: missing; name a column, "
            "or write {start: 2018-01-01T00:00:00Z, every: 12ms}"
        )
    for i, entry in enumerate(settings.segments):
        if isinstance(entry, list) and (len(entry) != 2 or entry[0] == entry[1]):
            raise BadInput(
                f"{mapping.place('segments', i)}: segments[{i}]: a pair is [one, another]"
            )
        if PAIR in str(entry):
            raise BadInput(
                f"{mapping.place('segments', i)}: segments[{i}]: a name must not hold '{PAIR}'"
            )
    names = [(kind, m) for kind in ("rates", "means") for m in getattr(settings, kind)]
    for kind, metric in names:
        if sum(metric.name == other.name for _, other in names) > 1:
            raise BadInput(f"{mapping.place(kind)}: {kind}: '{inert(metric.name)}' is named twice")
        if not metric.step > 0.0:
            raise BadInput(
                f"{mapping.place(kind)}: {kind}: '{inert(metric.name)}': step is not > 0"
            )
    for version, threshold in thresholds(settings).items():
        if not 0.0 <= threshold <= 1.0:
            raise BadInput(
                f"{mapping.place('threshold', version)}: threshold: {threshold:g} is not in 0 to 1"
            )


def thresholds(settings: Predictions) -> dict[str, float]:
    """The threshold of each version; of every version under ""."""
    if settings.threshold is None:
        return {}
    return settings.threshold if isinstance(settings.threshold, dict) else {"": settings.threshold}


def _bucket(mapping: Mapping) -> int:
    bucket = _duration(mapping, mapping.settings.bucket, "bucket")
    if not SECOND <= bucket <= DAY or bucket % SECOND:
        raise BadInput(
            f"{mapping.place('bucket')}: bucket: '{inert(mapping.settings.bucket)}' "
            "is not a whole number of seconds from 1s to 1d"
        )
    return bucket


def _clock(mapping: Mapping) -> tuple[int, int] | None:
    every = mapping.settings.time
    if not isinstance(every, Every):
        return None
    with naming(f"{mapping.place('time')}: time"):
        return parse_instant(every.start), parse_duration(every.every)


def _condition(mapping: Mapping) -> int | None:
    condition = mapping.settings.labels_only_when
    if condition is None:
        return None
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise BadInput(
            f"{mapping.place('labels_only_when')}: labels_only_when: '{inert(condition)}' "
            "is not decision=0 or decision=1"
        )
    return POSITIVE if match[1] == "1" else NEGATIVE


def _duration(mapping: Mapping, text: str, key: str) -> int:
    with naming(f"{mapping.place(key)}: {key}"):
        return parse_duration(text)
