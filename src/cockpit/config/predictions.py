"""The map: what the columns of a prediction log mean."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from cockpit.config.base import Settings


class Every(Settings, kw_only=True):
    """Times made from the row number: row i happened at start + i · every."""

    start: str  # when row 0 happened: 2018-01-01T00:00:00Z
    every: str  # time from one row to the next: 12ms


class Label(Settings, kw_only=True):
    """Labels kept apart from predictions."""

    path: str = ""  # a file beside the map, or a pattern of files; --labels replaces it
    table: str = ""  # or a table of the engine that holds the predictions
    column: str  # the column that holds 0 or 1
    time: str | None = None  # the column that says when each label was known
    horizon: str = "30d"  # a label known later than this after its event is not used


class NamedColumn(Settings, kw_only=True):
    """A rate (k of n) or a mean a team names."""

    name: str  # what it is called everywhere
    column: str  # of a rate: yes or no; of a mean: a number
    step: float = 1e-6  # of a mean: the resolution its sums are kept in
    unit: str = ""  # printed after the value; empty for a rate means a share
    # which way is better; only with one can it be judged
    direction: Literal["higher_is_better", "lower_is_better", "neither"] = "neither"


class Features(Settings, kw_only=True):
    """Which columns are the model's inputs."""

    numeric: list[str] = []  # binned by the reference's quantiles
    categorical: list[str] = []  # the 50 most frequent values of the reference, one bin each


class MetricColumn(Settings, kw_only=True):
    """A column (wide file) or a name (long file) of the metrics file."""

    name: str  # what it is called here: latency_p99, saturation, …
    column: str = ""  # what it is called in the file; empty: the same
    unit: str = ""  # ms, s, 1/s, cores, …; latencies are shown in ms


class Shadow(Settings, kw_only=True):
    """A version that scored the same rows without deciding."""

    version: str  # its name
    score: str  # the column of its scores
    threshold: float | None = None  # from which score on it would decide 1


class Predictions(Settings, kw_only=True):
    """The map from the columns people have to what they mean (`sources.predictions`)."""

    service: str = ""  # what people call the service; empty: that of the configuration
    # files that grow or are added: a file, a folder, or a pattern: /srv/fraud/log/*.parquet;
    # an import is given its file by --predictions
    path: str = ""
    # the engine that holds the predictions and counts them: duckdb:///path.db,
    # clickhouse://reader:${CLICKHOUSE_PASSWORD}@host/database, pyspark://local; the environment
    # gives each ${NAME}, and a password stands nowhere else
    ibis: str = ""
    table: str = ""  # of that engine: one row a prediction; --predictions replaces both
    reference: str = ""  # a file beside the map; --reference replaces it
    reference_table: str = ""  # or a table of the engine
    lag: str = "30s"  # of an engine: how long after its event time a row is surely there
    time: str | Every | None = None  # the column of event times, or {start, every}; required
    bucket: str = "1m"  # the slow bucket, a whole number of seconds from 1s to 1d
    score: str | None = None  # the column of scores from 0 to 1
    # from which score on the decision is 1, for all versions or by version: {v41: 0.5, v42: 0.4}
    threshold: float | dict[str, float] | None = None
    prediction: str | None = None  # the column of decisions, 0 or 1, instead of a threshold
    label: str | Label | None = None  # the column of labels, 0 or 1, or a block
    label_time: str | None = None  # the column that says when each label was known
    label_delay: str | None = None  # else labels are known this long after their event
    labels_only_when: str | None = None  # decision=0: only such decisions ever get a label
    id: str | None = None  # the column that joins predictions and labels; else by row order
    user: str | None = None  # the column of users; counted, never stored
    version: str = ""  # a column, else the name of the one version
    segments: list[str | list[str]] = []  # columns, and pairs of them: [region, device]
    protected: list[str] = []  # columns counted as segments too, whose groups are compared
    features: Features | Literal["auto"] = field(default_factory=Features)  # auto: every other one
    rates: list[NamedColumn] = []  # any k of n: {name: manual_review, column: sent_to_review}
    means: list[NamedColumn] = []  # any mean: {name: mae, column: abs_error}
    latency: str | None = None  # the column of each request's latency
    latency_unit: Literal["s", "ms"] = "ms"  # what it is in
    error: str | None = None  # the column of errors; empty, 0 or no is none, any word is its kind
    metrics: list[MetricColumn] = []  # of the metrics file; empty: all of them, as they are called
    schemas: dict[str, str] = {}  # version: a file with the columns it reads, kept as it is
    shadow: Shadow | None = None  # a second model that scored the same rows
