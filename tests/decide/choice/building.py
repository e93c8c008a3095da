"""Outcomes and traits to choose among: harm that is drawn at random, from a seed."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from cockpit.config import FAULTS
from cockpit.decide.choice.traits import Traits
from cockpit.decide.outcomes.outcome import Outcomes

Floats = NDArray[np.float64]

NAMES = ("observe", "shadow", "rollback", "canary", "split", "rules", "throttle", "kill")


def outcomes(
    harm: Floats, posterior: Floats, parameters: dict[str, Floats] | None = None
) -> Outcomes:
    """Outcomes with harm of shape (A, H, S); faults share the draws as the posterior says."""
    options, faults, draws = harm.shape
    ends = np.cumsum(posterior) * draws
    return Outcomes(
        options=NAMES[:options],
        faults=FAULTS[:faults],
        posterior=posterior,
        harm=harm,
        fault_of=np.minimum(np.searchsorted(ends, np.arange(draws) + 0.5), faults - 1),
        parameters=parameters or {},
    )


def constant(means: list[list[float]], posterior: list[float]) -> Outcomes:
    """Outcomes without any spread: the harm of each option under each fault."""
    harm = np.repeat(np.array(means, dtype=np.float64)[:, :, None], 20, axis=2)
    return outcomes(harm, np.array(posterior))


def random_outcomes(seed: int, options: int = 6, draws: int = 400) -> Outcomes:
    """Skewed harm, of every option much the same in a draw, and a posterior from anywhere."""
    rng = np.random.default_rng(seed)
    scale = rng.lognormal(4.0, 1.0, (options, len(FAULTS), 1))
    shared = rng.lognormal(0.0, 0.7, (1, 1, draws))
    own = rng.lognormal(0.0, 0.3, (options, len(FAULTS), draws))
    posterior = rng.dirichlet(np.full(len(FAULTS), 0.7))
    return outcomes(scale * shared * own - 20.0, posterior, {"shared": shared[0, 0]})


def random_traits(seed: int, options: int = 6) -> list[Traits]:
    """Traits with many ties among them, and here and there an exposure that is not known."""
    rng = np.random.default_rng(seed)
    return [
        Traits(
            label=f"option {option}",
            exposed=None if rng.random() < 0.2 else float(rng.choice([0.0, 0.1, 0.9])),
            minutes=float(rng.choice([0.0, 2.0, 4.0])),
            undo=float(rng.choice([0.0, 1.0, 5.0])),
            irreversible=bool(rng.random() < 0.2),
        )
        for option in range(options)
    ]


def alike(count: int) -> list[Traits]:
    """So many options that nothing but their harm sets apart."""
    return [Traits(name, 0.0, 1.0, 1.0) for name in NAMES[:count]]


seeds = st.integers(0, 10_000)
