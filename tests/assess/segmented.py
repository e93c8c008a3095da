"""A moment told by decisions of segments alone: how many were right and wrong, now and before."""

from __future__ import annotations

from typing import Any

import numpy as np

from cockpit.assess.estimates import Moment
from cockpit.assess.inputs import Inputs
from cockpit.config import Predictions
from cockpit.records import HOUR, Counts, Window
from tests.assess.building import table

Cells = dict[tuple[str, str], tuple[int, int, int, int]]  # (dimension, value): tp, fp, fn, tn

_DECISION, _LABEL = (1, 1, 0, 0), (1, 0, 1, 0)


def decided(cells: Cells) -> Counts:
    """A `score_by_segment` table of labelled decisions, all in one bin."""
    rows = [(d, v, i, n) for (d, v), counts in cells.items() for i, n in enumerate(counts)]
    dimension, value, cell, n = zip(*rows, strict=True)
    which = np.array(cell)
    return table(
        "score_by_segment",
        version="v1",
        role="served",
        dimension=dimension,
        value=value,
        decision=np.array(_DECISION)[which],
        label=np.array(_LABEL)[which],
        bin=0,
        n=n,
        sum_p=0,
        sum_p2=0,
    )


def asked(rates: dict[tuple[str, str], tuple[int, int]], name: str = "fallback") -> Counts:
    """A `rate` table: k of n of each segment, and of the whole as the sum over one dimension."""
    first = next(iter(rates))[0]
    parts = [counts for key, counts in rates.items() if key[0] == first]
    whole = tuple(sum(column) for column in zip(*parts, strict=True))
    rows = [("", "", *whole), *((*key, *counts) for key, counts in rates.items())]
    dimension, value, k, n = zip(*rows, strict=True)
    return table("rate", name=name, version="v1", dimension=dimension, value=value, k=k, n=n)


def moment(now: dict[str, Counts], reference: dict[str, Counts], **map_: Any) -> Moment:
    """These tables of an hour, beside those of a reference."""
    window = Window(start=0, end=HOUR)
    inputs = Inputs(
        at=HOUR,
        as_of_fast=HOUR,
        as_of_slow=HOUR,
        infra_window=window,
        quality_window=window,
        history_window=window,
        now=now,
        reference=reference,
        map=Predictions(**map_),
    )
    return Moment(inputs, None)
