"""Requests per second, where requests come evenly and where they come in bursts."""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.assess.service.traffic import requests_per_second, unevenness
from cockpit.records import SECOND, Window
from tests.assess.building import table

SECONDS = 300
WINDOW = Window(start=0, end=SECONDS * SECOND)
RATE = 50.0  # requests per second


def covered(shape: float, burst: int, times: int = 400) -> float:
    """How often the interval holds the rate, where bursts of some seconds vary as Gamma(shape)."""
    rng, held = np.random.default_rng(2), 0
    for _ in range(times):
        busy = np.repeat(rng.gamma(shape, RATE / shape, SECONDS // burst), burst)
        n = rng.poisson(busy)
        seconds = np.arange(SECONDS) * SECOND
        history = table("traffic", version="v1", kind="", n=n, valid=seconds)
        found = requests_per_second(int(n.sum()), WINDOW, unevenness(history, WINDOW))
        held += found.low <= RATE <= found.high
    return held / times


@pytest.mark.parametrize(("shape", "burst"), [(1e9, 1), (2.0, 1), (2.0, 5)])
def test_the_interval_covers_whether_requests_come_evenly_or_in_bursts(shape, burst):
    assert covered(shape, burst) >= 0.91


def test_uneven_arrivals_are_said_and_none_are_no_requests():
    assert "9× as uneven as by chance" in requests_per_second(100, WINDOW, 9.0).note
    assert requests_per_second(100, WINDOW).note == ""
    assert requests_per_second(0, WINDOW).note == "no requests"


def test_without_a_history_arrivals_are_taken_to_be_independent():
    nothing = table("traffic", version=[], kind=[], n=[], valid=[])
    assert unevenness(None, WINDOW) == unevenness(nothing, WINDOW) == 1.0
