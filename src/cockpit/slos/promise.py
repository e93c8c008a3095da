"""A promise as any file of them may say it, and one that could not be taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cockpit.text import inert


@dataclass(frozen=True)
class Promise:
    """A share of good events over a window, told by queries of Prometheus.

    Of `total`, `good` and `bad` there are two, else `bad_share` alone; the others are empty.
    """

    place: str  # 'slos.yaml:7'
    name: str
    service: str  # as its file calls it
    target: float  # the share of good events, 0 to 1
    window: str  # a rolling length of time: 30d
    total: str = ""
    good: str = ""
    bad: str = ""
    bad_share: str = ""


class Left(NamedTuple):
    """Something in a file that is no objective here, and why; `place` is 'slos.yaml:7'."""

    place: str
    name: str  # empty: the whole file, or one document of it
    reason: str
    service: str = ""  # as its file calls it

    def __str__(self) -> str:
        named = f" '{inert(self.name, 80)}'" if self.name else ""
        return f"{self.place}:{named} {self.reason}"
