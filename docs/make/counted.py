"""What `assess --json` counted, by version and part of the traffic, for the worked example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EXPECTED_ROWS = 50  # labelled decisions that what a fault leads one to expect is worth
ALARMS, MISSED = "false_positive_share", "false_negative_share"


@dataclass(frozen=True)
class Part:
    """Healthy shares of false alarms and missed positives, of labels that had time.

    `positives` is the share of positives there, once labels had time.
    """

    name: str
    share: float
    settled: tuple[float, float]
    positives: float


@dataclass(frozen=True)
class Cell:
    """One version in one part, as counted; `serves` is its share of the part."""

    version: str
    serves: float
    alarms: int
    missed: int
    hits: int
    labelled: int

    @property
    def weight(self) -> float:
        """How much its own counts go before what the fault leads one to expect."""
        return self.labelled / (self.labelled + EXPECTED_ROWS)

    def rates(self, positives: float) -> tuple[float, float]:
        """False alarms and missed positives once all labels are known, by class.

        Means of Jeffreys posteriors: of the negatives flagged, and of the positives missed.
        """
        negatives = self.labelled - self.hits - self.missed
        flagged = (self.alarms + 0.5) / (negatives + 1)
        missed = (self.missed + 0.5) / (self.hits + self.missed + 1)
        return flagged * (1 - positives), missed * positives


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
            Part(
                name,
                size,
                (young[0] * times[0], young[1] * times[1]),
                self._positives(segment, name == segment),
            )
            for name, size, young in ((segment, share, inside), ("elsewhere", 1 - share, outside))
        ]

    def _positives(self, segment: str, inside: bool) -> float:
        """The share of positives once labels had time: halfway from as before to as labels say."""
        here = self.cells(segment, inside)
        every = [*here, *self.cells(segment, not inside)]
        recall = self.of("recall")["baseline"]["value"]
        young = self.of(MISSED)["baseline"]["value"] / (1 - recall)
        settled = self.settled["positives"] / self.settled["n"] * _positive(here) / _positive(every)
        return settled * (1 + (_positive(every) / young - 1) / 2)

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
                hits=self._count("precision", "n", version, segment, inside)
                - self._count(ALARMS, "n_pos", version, segment, inside),
                labelled=self._count("wrong_rate", "n", version, segment, inside),
            )
            for version in named
        ]

    def _count(self, name: str, field: str, version: str, segment: str, inside: bool) -> int:
        here: int = self.of(name, version, segment)[field]
        whole: int = self.of(name, version)[field]
        return here if inside else whole - here


def _positive(cells: list[Cell]) -> float:
    """The share of positives among labels known now."""
    return sum(cell.hits + cell.missed for cell in cells) / sum(cell.labelled for cell in cells)


def _usual(share: float, baseline: dict[str, float]) -> float:
    """A share of the baseline as the mean of its posterior: half a row more of each kind.

    It is worth as many rows as give an interval of the baseline's width.
    """
    error = (baseline["high"] - baseline["low"]) / 3.92
    rows = share * (1 - share) / error**2
    return (share * rows + 0.5) / (rows + 1)
