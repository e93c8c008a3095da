"""One incident through the whole cockpit, and what came of the decisions it could lead to."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from bench.decisions.counting import count
from bench.decisions.levers import draw_levers
from bench.decisions.quality import Floats
from bench.decisions.recording import DIMENSION, ONSET, events, recording
from bench.decisions.settings import draw_config
from bench.decisions.shapes import draw_world
from bench.decisions.truth import Outcome, draw_fate, outcome
from bench.decisions.world import World
from cockpit.config import FAULTS, Config
from cockpit.decide.severity.policy import default_policy
from cockpit.records import MINUTE, SECOND
from cockpit.session.compose import compose
from cockpit.session.gather import Gatherer
from cockpit.views import Figure, OptionTable, RecordingInfo, View

RULES = ("cockpit", "always roll back", "always observe", "fixed threshold")
MORE = 1.10  # of its baseline, and the fixed threshold rolls back: wrong decisions, or the p99


@dataclass(frozen=True)
class Held:
    """Whether an option's printed intervals held what came to pass; null where none was printed."""

    option: str
    harm: bool | None
    wrong: bool | None  # decisions


@dataclass(frozen=True)
class Judged:
    """What became of one incident. Harm is expected, in missed positives, by option."""

    shape: str
    requests: float  # a minute
    harm: dict[str, float]
    open: tuple[str, ...]  # options that nothing stands in the way of
    chosen: dict[str, str]  # by RULES
    held: tuple[Held, ...]
    brier: float | None  # Σ (p − truth)² over the faults; null where none were told

    def regret(self, rule: str) -> float:
        """Harm beyond that of the best option there was."""
        return self.harm[self.chosen[rule]] - self.least

    @property
    def least(self) -> float:
        """The harm of the best option there was."""
        return min(self.harm[option] for option in self.open)

    def best(self, rule: str) -> bool:
        """Whether it chose the best option, or one that is as good within 1 %."""
        return self.regret(rule) <= 0.01 * abs(self.least) + 1e-9


def judge(rng: Generator, shape: str) -> Judged:
    """Draw an incident of that shape, look at it, decide, and see what comes to pass."""
    world = draw_world(rng, shape)
    levers = draw_levers(rng, world)
    config = draw_config(rng, world, levers)
    fate = draw_fate(rng, world)
    view = look(rng, world, config)
    table = view.options
    where = _switched_off(world, table)
    outcomes = {
        option: outcome(world, option, lever, where, config.model.harm, fate)
        for option, lever in levers.items()
        if option != "segment_off" or where is not None
    }
    unblocked = tuple(row.id for row in table.rows if row.id in outcomes and not row.blocked)
    back = "rollback" if "rollback" in unblocked else "observe"
    return Judged(
        shape=shape,
        requests=world.requests,
        harm={option: float(found.harm.mean()) for option, found in outcomes.items()},
        open=unblocked,
        chosen={
            "cockpit": table.recommendation.option or "observe",
            "always roll back": back,
            "always observe": "observe",
            "fixed threshold": back if too_bad(view) else "observe",
        },
        held=tuple(_held(table, option, found) for option, found in outcomes.items()),
        brier=_brier(table, world.fault),
    )


def look(rng: Generator, world: World, config: Config) -> View:
    """What the screen shows at the end of the record."""
    at = ONSET + world.since * MINUTE + int(rng.integers(60)) * SECOND
    known = [event for event in events(world) if event.observed_at <= at]
    incident = recording(world, count(rng, world))
    info = RecordingInfo(
        service="simulated",
        content_id=world.shape,
        path=str(incident.recording.path),
        span=incident.telemetry.span(),
        bucket=incident.recording.bucket,
        timezone="UTC",
        opens_at=at,
    )
    return compose(Gatherer(incident, config), known, at, config, default_policy(), info)


def too_bad(view: View) -> bool:
    """The fixed threshold: wrong decisions or the p99 are a tenth above their baseline."""
    for estimate in (*view.model.metrics, *view.infra.metrics):
        told = estimate.name in ("wrong_rate", "latency_p99")
        base = estimate.baseline.value if told and estimate.baseline is not None else None
        if base and estimate.value is not None and estimate.value > MORE * base:
            return True
    return False


def _switched_off(world: World, table: OptionTable) -> int | None:
    """The segment that the table would switch off, by its place."""
    for row in table.rows:
        if row.id == "segment_off":
            named = row.label.rpartition(f"{DIMENSION} ")[2]
            return world.segments.index(named) if named in world.segments else None
    return None


def _held(table: OptionTable, option: str, found: Outcome) -> Held:
    row = next((row for row in table.rows if row.id == option), None)
    if row is None:
        return Held(option, None, None)
    return Held(option, _within(row.harm, found.harm), _within(row.until, found.wrong))


def _within(printed: Figure, came: Floats) -> bool | None:
    """Whether the first of what may come to pass lies in the printed interval."""
    if printed.low is None or printed.high is None:
        return None
    return printed.low <= float(came[0]) <= printed.high


def _brier(table: OptionTable, fault: str) -> float | None:
    told = {hypothesis.id: hypothesis.probability for hypothesis in table.hypotheses}
    if not told:
        return None
    return float(sum((told.get(id, 0.0) - (id == fault)) ** 2 for id in FAULTS))
