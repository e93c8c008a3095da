"""What `assess --json` counted, by version and part of the traffic, for the worked example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EXPECTED_ROWS = 50  # labelled decisions that what a fault leads one to expect is worth
ALARMS, MISSED = "false_positive_share", "false_negative_share"


@dataclass(frozen=True)
class Part:
    """Healthy shares of false alarms and missed positives: of labels as young, and of settled."""

    name: str
    share: float
    young: tuple[float, float]
    settled: tuple[float, float]


@dataclass(frozen=True)
class Cell:
    """One version in one part, as counted; `serves` is its share of the part."""

    version: str
    serves: float
    alarms: int
    missed: int
    labelled: int

    @property
    def weight(self) -> float:
        """How much its own counts go before what the fault leads one to expect."""
        return self.labelled / (self.labelled + EXPECTED_ROWS)

    @property
    def wrong(self) -> float:
        """Mean of its Jeffreys posterior."""
        return (self.alarms + self.missed + 0.5) / (self.labelled + 1)

    @property
    def rates(self) -> tuple[float, float]:
        """The same by kind: false alarms, missed positives."""
        alarms = (self.alarms + 0.5) / (self.alarms + self.missed + 1)
        return self.wrong * alarms, self.wrong * (1 - alarms)


class Facts:
    """The figures of `assess --json` by name, version and segment."""

    def __init__(self, document: dict[str, Any]) -> None:
        every = [*document["metrics"], *document["segments"]]
        self._by_name = {(e["name"], e["version"], e["segment"]): e for e in every}
        self.settled = document["settled"]

    def of(self, name: str, version: str | None = None, segment: str | None = None) -> Any:
        """One estimate."""
        return self._by_name[name, version, segment]

    def parts(self, segment: str) -> list[Part]:
        """The worst segment, and the rest by subtraction."""
        share = self.of("requests_share", None, segment)["value"]
        inside, outside, times = [], [], []
        for name, kind in ((ALARMS, "false_positives"), (MISSED, "false_negatives")):
            whole, here = (self.of(name, None, s)["baseline"] for s in (None, segment))
            rest = (whole["value"] - share * here["value"]) / (1 - share)
            inside.append(_usual(here["value"], here))
            outside.append(_usual(rest, whole))
            times.append(self.settled[kind] / self.settled["n"] / whole["value"])
        return [
            Part(name, size, (young[0], young[1]), (young[0] * times[0], young[1] * times[1]))
            for name, size, young in ((segment, share, inside), ("elsewhere", 1 - share, outside))
        ]

    def cells(self, segment: str, inside: bool) -> list[Cell]:
        """The versions that serve, in the segment or outside of it, the newest first."""
        total = self.of("requests")["n"]
        named = sorted({v for name, v, s in self._by_name if name == "requests" and v})[::-1]
        rows = {v: self._count("label_coverage", "n", v, segment, inside) for v in named}
        weights = {
            v: self.of("requests", v)["n"] / total * rows[v] / self.of("label_coverage", v)["n"]
            for v in named
        }
        return [
            Cell(
                version=version,
                serves=weights[version] / sum(weights.values()),
                alarms=self._count(ALARMS, "n_pos", version, segment, inside),
                missed=self._count(MISSED, "n_pos", version, segment, inside),
                labelled=self._count("wrong_rate", "n", version, segment, inside),
            )
            for version in named
        ]

    def _count(self, name: str, field: str, version: str, segment: str, inside: bool) -> int:
        here: int = self.of(name, version, segment)[field]
        whole: int = self.of(name, version)[field]
        return here if inside else whole - here


def _usual(share: float, baseline: dict[str, float]) -> float:
    """A share of the baseline as the mean of its posterior: half a row more of each kind.

    It is worth as many rows as give an interval of the baseline's width.
    """
    error = (baseline["high"] - baseline["low"]) / 3.92
    rows = share * (1 - share) / error**2
    return (share * rows + 0.5) / (rows + 1)
