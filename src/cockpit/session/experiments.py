"""An experiment: its plans from what is measured, its verdict from what was counted since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.decide.experiment.arms import Recorded, tables_of
from cockpit.decide.experiment.labels import labels_of
from cockpit.decide.experiment.plan import experiment
from cockpit.decide.experiment.watch import watch
from cockpit.setting import with_values

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
    config = with_values(config, state.assumed)
    return experiment(gathered.assessment, state, config, labels_of(gathered.inputs), wish)


def watched(gatherer: Gatherer, at: int, state: State) -> Verdict | None:
    """The verdict at `at` by the criteria that were written; null where none were."""
    criteria = state.experiment
    if criteria is None:
        return None
    tables = tables_of(criteria)
    recorded = Recorded(
        tables=gatherer.since(criteria.written_at, at, tables),
        gauges=gatherer.gauges_since(criteria.written_at, at),
        since=criteria.written_at,
        changed=_changed(state, criteria.written_at),
        as_of_fast=gatherer.as_of("fast", at),
        as_of_slow=gatherer.as_of("slow", at),
        bucket=gatherer.slow_bucket,
    )
    return watch(criteria, recorded, at)


def _changed(state: State, since: int) -> int | None:
    """The first recorded change, or containment carried out, after `since` (µs)."""
    changes = [change.at for change in state.changes]
    done = [choice.executed_at for choice in state.choices if choice.executed_at is not None]
    return min((at for at in (*changes, *done) if at > since), default=None)
