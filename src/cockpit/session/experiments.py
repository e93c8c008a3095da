"""An experiment of a session: its plans from what is measured, its verdict from what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.decide.experiment.arms import Recorded, tables_of
from cockpit.decide.experiment.labels import labels_of
from cockpit.decide.experiment.plan import experiment
from cockpit.decide.experiment.watch import watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.config import Config
    from cockpit.records import Event
    from cockpit.session.gather import Gatherer
    from cockpit.state import State
    from cockpit.views import Experiment, ExperimentWish, Verdict


def planned(
    gatherer: Gatherer,
    events: Sequence[Event],
    at: int,
    state: State,
    config: Config,
    wish: ExperimentWish | None,
) -> Experiment:
    """The plans at `at`. Raises BadInput for a wish that cannot be had."""
    gathered = gatherer.at(at, events)
    return experiment(gathered.assessment, state, config, labels_of(gathered.inputs), wish)


def watched(gatherer: Gatherer, at: int, state: State) -> Verdict | None:
    """The verdict at `at` by the criteria that were written; null where none were."""
    criteria = state.experiment
    if criteria is None:
        return None
    recorded = gatherer.since(criteria.written_at, at, tables_of(criteria))
    return watch(criteria, recorded, at)
