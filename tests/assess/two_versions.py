"""A made-up service of two versions, step by step: v42 has a tenth, and gets worse as told."""

from __future__ import annotations

import numpy as np

from cockpit.assess.inputs import Inputs
from cockpit.bins import latency_bin
from cockpit.config import Config, Model, NamedColumn, Objective, Predictions, Versions
from cockpit.records import MINUTE, SECOND, Counts, Window
from cockpit.tables import ALL
from tests.assess.building import score_table, table

START = 1_700_000_040 * SECOND // MINUTE * MINUTE
MINUTES = 20
BEGAN = START + 10 * MINUTE
END = START + MINUTES * MINUTE
VERSIONS = ("v41", "v42")
SECONDS = START + np.arange(MINUTES * 60) * SECOND
BY_MINUTE = START + np.arange(MINUTES) * MINUTE

MAP = Predictions(
    error="failed",
    rates=[
        NamedColumn(name="refused", column="r", direction="lower_is_better"),
        NamedColumn(name="clicked", column="c", direction="higher_is_better"),
        NamedColumn(name="reviewed", column="m"),
    ],
    means=[NamedColumn(name="mae", column="e", step=1e-3, direction="lower_is_better")],
)
CONFIG = Config(
    model=Model(versions=Versions(current="v42", previous="v41")),
    objectives=[Objective(name="latency", good="latency <= 250ms", target="99%")],
)


def by_version(what, valid, cells, /, **more):
    """Rows of a table, one for each step and version; cells have the shape (steps, 2)."""
    whole = {"dimension": ALL, "value": ALL} if what in ("rate", "mean") else {}
    columns = {key: np.asarray(x).ravel() for key, x in cells.items()}
    version = np.tile(VERSIONS, valid.size)
    steps = np.repeat(valid, 2)
    return table(what, version=version, valid=steps, **whole, **columns, **more)


def together(*tables: Counts) -> Counts:
    """Tables with the same words in `version`, one after the other."""
    columns = {c: np.concatenate([t.columns[c] for t in tables]) for c in tables[0].columns}
    words = dict(tables[0].words)
    for coded in tables[0].words:
        names = sorted({word for t in tables for word in t.words[coded]})
        codes = [[names.index(w) for w in t.words[coded]] for t in tables]
        parts = zip(codes, tables, strict=True)
        columns[coded] = np.concatenate([np.array(c)[t.columns[coded]] for c, t in parts])
        words[coded] = tuple(names)
    return Counts(tables[0].table, columns, words)


def rates(steps, before, since):
    """The share of each version in each step, (steps, 2); `since` is (v41, v42) from BEGAN on."""
    half = np.arange(steps)[:, None] >= steps // 2
    return np.where(half, np.broadcast_to(since, (steps, 2)), before)


def service(
    seed=1,
    errors=(0.005, 0.005),
    slow=(0.002, 0.002),
    wrong=(0.03, 0.03),
    mae=(1.0, 1.0),
    known=0.9,
) -> Inputs:
    """Twenty minutes of 100 requests a second, a tenth of them v42's; rates since BEGAN."""
    rng = np.random.default_rng(seed)
    n = rng.poisson((90, 10), (SECONDS.size, 2))
    failed = rng.binomial(n, rates(SECONDS.size, 0.005, errors))
    late = rng.binomial(n, rates(SECONDS.size, 0.002, slow))
    decided = rng.poisson((900, 100), (MINUTES, 2))
    labelled = rng.binomial(decided, known)
    bad = rng.binomial(labelled, rates(MINUTES, 0.03, wrong))
    scores = [
        (labelled - bad, {"decision": 0, "label": 0}),
        (bad, {"decision": 0, "label": 1}),
        (decided - labelled, {"decision": 0, "label": -1}),
    ]
    sizes = np.full((MINUTES, 2), 400)
    x = rng.normal(sizes * rates(MINUTES, 1.0, mae), 0.5 * np.sqrt(sizes))
    return Inputs(
        at=END,
        as_of_fast=END,
        as_of_slow=END,
        infra_window=Window(start=END - 5 * MINUTE, end=END),
        quality_window=Window(start=BEGAN, end=END),
        history_window=Window(start=START, end=END),
        now={"score": ranked(rng, worse=wrong[1] > wrong[0])},
        history={
            "traffic": together(
                by_version("traffic", SECONDS, {"n": n}, kind=""),
                by_version("traffic", SECONDS, {"n": failed}, kind="timeout"),
            ),
            "latency": together(
                by_version("latency", SECONDS, {"n": n - late}, bin=latency_of(0.1)),
                by_version("latency", SECONDS, {"n": late}, bin=latency_of(0.4)),
            ),
            "score": without_bins(scores),
            "rate": together(
                by_version("rate", BY_MINUTE, {"k": bad, "n": decided}, name="refused"),
                by_version("rate", BY_MINUTE, {"k": decided - bad, "n": decided}, name="clicked"),
                by_version("rate", BY_MINUTE, {"k": bad, "n": decided}, name="reviewed"),
            ),
            "mean": by_version(
                "mean",
                BY_MINUTE,
                {"n": sizes, "sum_x": 1e3 * x, "sum_x2": 1e3 * (x * x / sizes + 0.25 * sizes)},
                name="mae",
            ),
        },
        decisions=without_bins(scores),
        config=CONFIG,
        map=MAP,
    )


def latency_of(seconds):
    return int(latency_bin(np.array([seconds]))[0])


def without_bins(parts) -> Counts:
    served = {"role": "served", "bin": 0, "sum_p": 0, "sum_p2": 0}
    return together(
        *(by_version("score", BY_MINUTE, {"n": n}, **keys, **served) for n, keys in parts)
    )


def ranked(rng, worse) -> Counts:
    label = rng.integers(0, 2, 8000)
    version = rng.choice(VERSIONS, label.size)
    shift = np.where((version == "v42") & worse, 0.5, 2.0)
    p = 1 / (1 + np.exp(-(rng.normal(size=label.size) + shift * (label - 0.5))))
    return score_table(p, (p > 0.5).astype(int), label, version=version)
