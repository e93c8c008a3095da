"""Assessments made by hand: what `assess` would say in two incidents, from counts one can read.

Rollout: v42 serves 90 %, is wrong in region BR and slow at the tail; v41 serves 10 % and is fine.
Unit swap: an upstream change spoils region BR for both versions alike; v42 serves 90 %.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from cockpit.config import Config
from cockpit.incident.state import fold
from cockpit.records import (
    HOUR,
    MINUTE,
    Assessment,
    Baseline,
    Difference,
    Estimate,
    Event,
    VerdictWord,
    Window,
)
from cockpit.state import State

AT = 3 * HOUR
WINDOW = Window(start=AT - HOUR, end=AT)
LAST_MINUTES = Window(start=AT - 5 * MINUTE, end=AT)
ONSET = AT - 12 * MINUTE
HEALTHY = 0.02


class Counts(NamedTuple):
    """Labelled decisions of one version in one part, and the requests they are of."""

    tp: int
    fp: int
    fn: int
    tn: int
    requests: int

    def __add__(self, other: object) -> Counts:
        assert isinstance(other, Counts)
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*(a - b for a, b in zip(self, other, strict=True)))

    @property
    def labelled(self) -> int:
        return self.tp + self.fp + self.fn + self.tn

    @property
    def wrong(self) -> int:
        return self.fp + self.fn


NONE = Counts(0, 0, 0, 0, 0)
Cells = dict[tuple[str, str], Counts]  # (version, "BR" or "rest")

ROLLOUT: Cells = {
    ("v42", "BR"): Counts(40, 60, 40, 1_060, 5_000),
    ("v42", "rest"): Counts(500, 120, 130, 13_250, 58_000),
    ("v41", "BR"): Counts(6, 1, 1, 132, 560),
    ("v41", "rest"): Counts(55, 13, 15, 1_470, 6_440),
}
UNIT_SWAP: Cells = {
    **ROLLOUT,
    ("v41", "BR"): Counts(5, 7, 5, 123, 560),
}
NO_LABELS: Cells = {key: Counts(0, 0, 0, 0, c.requests) for key, c in ROLLOUT.items()}

CONFIG = msgspec.convert(
    {
        "service": "card-fraud",
        "model": {"versions": {"current": "v42", "previous": "v41"}},
        "objectives": [{"name": "latency", "good": "latency <= 250ms", "target": "99%"}],
        "options": {
            "rules": {"wrong_share": "4%", "precision": 0.55, "latency_p99": 40.0},
            "segment_off": {"segments": ["region"], "minutes": [2, 4]},
        },
    },
    Config,
)


def assessment(cells: Cells, *, p99: dict[str, float] | None = None) -> Assessment:
    """Everything `assess` would say of these counts; `p99` in ms by version."""
    versions = sorted({version for version, _ in cells})
    both = {
        (version, part): cells.get((version, part), NONE)
        for version in versions
        for part in ("BR", "rest")
    }
    metrics, segments = [], []
    for version in (None, *versions):
        chosen = versions if version is None else [version]
        br = sum((both[v, "BR"] for v in chosen), NONE)
        rest = sum((both[v, "rest"] for v in chosen), NONE)
        metrics += _quality(br + rest, version, None)
        metrics.append(_estimate("requests", (br + rest).requests // 12, version, None))
        segments += _quality(br, version, "region BR")
        segments += _quality(rest, version, "region US")
    for version, ms in (p99 or {"v42": 180.0, "v41": 120.0}).items():
        metrics += _latency(ms, version)
    metrics += _latency((p99 or {"v42": 180.0})["v42"], None)
    whole = sum(both.values(), NONE)
    br = sum((both[version, "BR"] for version in versions), NONE)
    for name, part in (("region BR", br), ("region US", whole - br)):
        share = _estimate("requests_share", whole.requests, None, name)
        segments.append(
            msgspec.structs.replace(share, value=part.requests / max(whole.requests, 1))
        )
    segments.append(_worst(br, whole - br))
    return Assessment(at=AT, as_of=AT, window=WINDOW, metrics=metrics, drift=[], segments=segments)


def state(*events: Event, at: int = AT) -> State:
    """The state after a deploy of v42 and a page, and `events`."""
    recorded = [
        event("deploy", "v42", ONSET - 2 * MINUTE, seq=1, version="v42"),
        event("page", "p99 over 250 ms", ONSET + 2 * MINUTE, seq=2),
    ]
    return fold([*recorded, *events], at)


def event(
    kind: str, text: str, at: int, seq: int, writer: str = "recording", **data: object
) -> Event:
    """One entry of a journal."""
    return Event(
        id=f"{writer}:{seq}",
        writer=writer,
        seq=seq,
        lamport=seq,
        at=at,
        observed_at=at,
        written_at=0,
        kind=kind,
        text=text,
        data=dict(data),
    )


def _quality(counts: Counts, version: str | None, segment: str | None) -> list[Estimate]:
    positives = counts.tp + counts.fp
    return [
        _share("wrong_rate", counts.wrong, counts.labelled, version, segment, HEALTHY),
        _share("false_positive_share", counts.fp, counts.labelled, version, segment, HEALTHY / 2),
        _share("false_negative_share", counts.fn, counts.labelled, version, segment, HEALTHY / 2),
        _share("precision", counts.tp, positives, version, segment, 0.85),
        _share("recall", counts.tp, counts.tp + counts.fn, version, segment),
        _share("label_coverage", counts.labelled, counts.requests, version, segment),
    ]


def _worst(inside: Counts, outside: Counts) -> Estimate:
    """Region BR, where it has surely twice the wrong decisions of the rest."""
    if inside.wrong * max(outside.labelled, 1) > 2 * max(outside.wrong, 1) * inside.labelled > 0:
        return _estimate("worst_segment", inside.labelled, None, "region BR", value=2.4)
    return _estimate("worst_segment", inside.labelled, None, None, reason="no segment stands out")


def _share(
    name: str,
    k: int,
    n: int,
    version: str | None,
    segment: str | None,
    healthy: float | None = None,
) -> Estimate:
    if n == 0:
        return _estimate(name, 0, version, segment, reason="no labels yet", healthy=healthy)
    value = k / n
    half = 2 * (max(value * (1 - value), 1e-4) / n) ** 0.5
    return _estimate(name, n, version, segment, value=value, half=half, k=k, healthy=healthy)


def _estimate(
    name: str,
    n: int,
    version: str | None,
    segment: str | None,
    *,
    value: float | None = None,
    half: float = 0.0,
    k: int | None = None,
    reason: str = "",
    healthy: float | None = None,
) -> Estimate:
    if name == "requests":
        value = n / 300
    difference = None
    verdict: VerdictWord = ""
    if name == "wrong_rate" and value is not None and healthy is not None:
        verdict = "degraded" if value - half > 1.1 * healthy else "fine"
    if healthy is not None and value is not None:
        change = value - healthy
        difference = Difference(value=change, low=change - half, high=change + half)
    lower = name in ("wrong_rate", "false_positive_share", "false_negative_share")
    return Estimate(
        id=".".join(x for x in (name, version, segment) if x),
        name=name,
        value=value,
        reason=reason,
        low=None if value is None else max(value - half, 0.0),
        high=None if value is None else value + half,
        n=n,
        n_pos=k,
        direction="lower_is_better" if lower else "higher_is_better",
        window=LAST_MINUTES if name == "requests" else WINDOW,
        as_of=AT,
        taken_at=AT,
        version=version,
        segment=segment,
        baseline=None if healthy is None else Baseline(what="reference", value=healthy),
        difference=difference,
        verdict=verdict,
    )


def _latency(p99: float, version: str | None) -> list[Estimate]:
    return [
        Estimate(
            id=".".join(x for x in (name, version) if x),
            name=name,
            value=p99 * part,
            low=p99 * part * 0.95,
            high=p99 * part * 1.05,
            n=5_000,
            unit="ms",
            direction="lower_is_better",
            window=LAST_MINUTES,
            as_of=AT,
            taken_at=AT,
            version=version,
            baseline=Baseline(what="reference", value=120.0 * part),
            verdict="degraded" if p99 > 250 and name == "latency_p99" else "fine",
        )
        for name, part in (("latency_p50", 0.2), ("latency_p95", 0.6), ("latency_p99", 1.0))
    ]
