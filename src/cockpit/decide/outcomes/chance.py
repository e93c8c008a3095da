"""What is drawn, by name: the same name gives the same draws, whatever else is drawn beside it.

Options and assumptions are compared on the same draws, so that chance makes no difference between
them (common random numbers).
"""

from __future__ import annotations

import math
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DRAWS = 5_000
SEED = 20_210_305  # any constant: the same facts give the same table
Z90 = 1.2815515655446004  # the normal quantile at .90


def _generator(name: str) -> Generator:
    return np.random.default_rng((SEED, zlib.crc32(name.encode())))


def _kept(values: Floats) -> Floats:
    values.flags.writeable = False
    return values


@lru_cache(maxsize=32)
def normal(name: str, size: int) -> Floats:
    """Standard normal draws, (size,)."""
    return _kept(_generator(name).standard_normal(size))


@lru_cache(maxsize=32)
def uniform(name: str, size: int) -> Floats:
    """Draws between 0 and 1, each part of it equally often (stratified), (size,)."""
    order = _generator(name).permutation(size)
    return _kept((order + 0.5) / size)


@lru_cache(maxsize=128)
def share(name: str, yes: float, no: float, size: int) -> Floats:
    """Draws of a share from its Jeffreys posterior, Beta(yes + ½, no + ½), (size,)."""
    return _kept(_generator(name).beta(max(yes, 0.0) + 0.5, max(no, 0.0) + 0.5, size))


def lognormal(pair: tuple[float, float], normal_draws: Floats) -> Floats:
    """Draws with that median and 90th percentile; nothing but noughts where the median is 0."""
    median, late = pair
    if median <= 0.0:
        return np.zeros_like(normal_draws)
    return median * np.exp(math.log(max(late, median) / median) / Z90 * normal_draws)


def faults_of(posterior: Floats, size: int) -> Ints:
    """The fault of each draw, as often as `posterior` says, (size,)."""
    steps = np.cumsum(posterior)[:-1]
    return np.searchsorted(steps, uniform("fault", size), side="right")
