"""Versions in parts of the traffic: how many of their decisions are labelled, and how many wrong.

The traffic is split in two parts: the worst segment, where one stands out, and the rest ("" names
the rest, or everything where no segment does). A version in a part is a cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from cockpit.decide.facts.estimates import confusion, find, wrong_of
from cockpit.records import Assessment

REST = ""
Source = Literal["measured", "service", "baseline"]


@dataclass(frozen=True)
class Confusion:
    """Labelled decisions by what they were and what they should have been."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    def without(self, part: Confusion) -> Confusion:
        """These decisions but those of `part`."""
        return Confusion(
            max(self.true_positives - part.true_positives, 0),
            max(self.false_positives - part.false_positives, 0),
            max(self.false_negatives - part.false_negatives, 0),
            max(self.true_negatives - part.true_negatives, 0),
        )


@dataclass(frozen=True)
class Cell:
    """One version in one part: `wrong` of `labelled` rows among `requests`.

    `healthy` is the share of wrong decisions the baseline had there. `source` says what tells of
    its decisions: its own labels ("measured"); none of its own yet, though it serves ("service");
    or the baseline alone, for it serves nothing now ("baseline").
    """

    version: str
    part: str
    requests: int
    labelled: int
    wrong: int
    confusion: Confusion | None
    healthy: float | None
    source: Source


def cells_of(
    assessment: Assessment, version: str, segment: str | None, subject: str | None
) -> dict[str, Cell]:
    """The version's cells by part; `subject` is the version as estimates name it."""
    whole = _cell(assessment, version, subject, None)
    if segment is None:
        return {REST: whole}
    inside = replace(_cell(assessment, version, subject, segment), part=segment)
    return {segment: inside, REST: _rest(whole, inside)}


def _cell(assessment: Assessment, version: str, subject: str | None, segment: str | None) -> Cell:
    """A version in a segment, or everywhere."""
    coverage = find(assessment, "label_coverage", subject, segment)
    wrong, labelled = wrong_of(find(assessment, "wrong_rate", subject, segment))
    counts = confusion(assessment, subject, segment) if labelled else None
    requests = 0 if coverage is None else coverage.n
    return Cell(
        version=version,
        part=REST,
        requests=requests,
        labelled=labelled,
        wrong=wrong,
        confusion=None if counts is None else Confusion(*counts),
        healthy=_healthy(assessment, subject, segment),
        source=_source(labelled, requests),
    )


def _source(labelled: int, requests: int) -> Source:
    if labelled:
        return "measured"
    return "service" if requests else "baseline"


def _rest(whole: Cell, inside: Cell) -> Cell:
    """The version outside the worst segment: counts subtract."""
    labelled = max(whole.labelled - inside.labelled, 0)
    requests = max(whole.requests - inside.requests, 0)
    split: Confusion | None = None
    if labelled and whole.confusion is not None:
        if inside.confusion is not None:
            split = whole.confusion.without(inside.confusion)
        elif inside.labelled == 0:
            split = whole.confusion
    return replace(
        whole,
        requests=requests,
        labelled=labelled,
        wrong=min(max(whole.wrong - inside.wrong, 0), labelled),
        confusion=split,
        source=_source(labelled, requests),
    )


def _healthy(assessment: Assessment, version: str | None, segment: str | None) -> float | None:
    """The baseline's share of wrong decisions, from the nearest estimate that has one."""
    for v, s in ((version, segment), (None, segment), (version, None), (None, None)):
        estimate = find(assessment, "wrong_rate", v, s)
        baseline = None if estimate is None else estimate.baseline
        if baseline is not None and baseline.value is not None:
            return baseline.value
    return None
