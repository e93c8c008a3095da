"""Facts for deciding, made by hand: two versions, their labelled decisions and their latencies."""

from __future__ import annotations

from cockpit.config import Config
from cockpit.decide.facts.cells import REST, Cell, Confusion
from cockpit.decide.facts.health import Health, Usual
from cockpit.decide.facts.measured import Measured
from cockpit.decide.facts.tails import Tail
from cockpit.decide.facts.versions import Versions
from cockpit.records import HOUR, Window

AT = 3 * HOUR
WINDOW = Window(start=AT - HOUR, end=AT)
NEW, OLD = "v42", "v41"
HEALTH = Health(Usual(0.01, 0.0005), Usual(0.01, 0.0005))
QUICK = Tail(((0.0, 1.0), (24.0, 0.5), (120.0, 0.01)))
SLOW = Tail(((0.0, 1.0), (100.0, 0.5), (400.0, 0.01)))
CONFIG = Config()


def cell(version: str, labelled: int = 0, wrong: int = 0, requests: int = 1_000) -> Cell:
    """A version's decisions everywhere; half of what is wrong was wrongly decided 1."""
    right, half = labelled - wrong, wrong // 2
    return Cell(
        version=version,
        part=REST,
        requests=requests,
        labelled=labelled,
        wrong=wrong,
        confusion=Confusion(right // 10, half, wrong - half, right - right // 10),
        healthy=0.02,
        source="measured" if labelled else "service" if requests else "baseline",
    )


def facts(
    *cells: Cell,
    serving: dict[str, float] | None = None,
    health: Health | None = HEALTH,
    tails: dict[str, Tail] | None = None,
    failing: dict[str, tuple[int, int]] | None = None,
    previous: str = OLD,
    service_bad: bool = False,
) -> Measured:
    """Everything measured, of versions that serve one part of 12,000 requests an hour."""
    return Measured(
        versions=Versions(NEW, previous, "rules"),
        segment=None,
        segment_share=0.0,
        serving=serving or {NEW: 0.9, OLD: 0.1},
        requests_per_hour=12_000.0,
        rate_window=WINDOW,
        cells={(one.version, REST): one for one in cells or (cell(NEW), cell(OLD))},
        tails=tails or {},
        latency={},
        latency_now=None,
        failing=failing or {},
        bound=250.0,
        warm={},
        curves=[],
        coverage=0.5,
        health={REST: health},
        healthy=health,
        settled=None,
        service_bad=service_bad,
        healthy_slow=QUICK.slower(250.0),
        healthy_failing=Usual(0.001, 0.0002),
    )
