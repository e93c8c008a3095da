"""Is the canary worse than the control: one monitor a rate, and one of all questions together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.e_process import (
    ERROR,
    THRESHOLD,
    first_crossing,
    log_e_process,
    value_of,
)
from cockpit.assess.methods.false_discovery import e_bh
from cockpit.assess.monitors.watched import first_together
from cockpit.records import Monitor
from cockpit.text import inert
from cockpit.units import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from cockpit.assess.estimates import Moment
    from cockpit.assess.history import Steps
    from cockpit.assess.monitors.watched import Floats, Ints, Watched
    from cockpit.assess.versions.arms import Arms

    Kind = Literal["e-process", "confidence sequence"]

ANYTHING = "any metric"
_GUARANTEE = f"a false alarm in at most 1 of {THRESHOLD:.0f} such watches"
_UNLIKE = 0.1  # labels of one version that come by this much sooner would pass for a difference
_SURELY = 4.0  # standard errors


@dataclass(frozen=True)
class Question:
    """Whether the canary is worse than the control in one metric: what its monitors say."""

    arms: Arms
    name: str  # of the metric
    what: str  # "errors"
    worse: str  # "fails more often"
    source: str  # the table it is told from
    kind: Kind

    def over_time(self, log_path: Floats, steps: Steps, first: int, n: int) -> Monitor:
        """From the evidence after each step, that of step `first` of `steps` at its front."""
        crossed = first_crossing(log_path, THRESHOLD)
        alarm_at = None if crossed is None else steps.begin(first + crossed + 1)
        told = "" if alarm_at is None else f"sure since {clock(alarm_at, True)}"
        return self._monitor(value_of(log_path), steps.begin(first), n, alarm_at, told)

    def at_once(self, evidence: float, start: int, n: int, at: int) -> Monitor:
        """From the evidence at the time `at` alone: the alarm may have come before."""
        alarm_at = at if evidence >= THRESHOLD else None
        return self._monitor(evidence, start, n, alarm_at, "sure now" if alarm_at else "")

    def unknown(self, why: str, start: int, n: int) -> Monitor:
        """No evidence that counts, and why."""
        return self._monitor(1.0, start, n, None, "", why)

    def _monitor(
        self, evidence: float, start: int, n: int, alarm_at: int | None, sure: str, why: str = ""
    ) -> Monitor:
        canary, control = inert(self.arms.canary), inert(self.arms.control)
        claim = f"{canary} {self.worse} than {control}"
        told = f"{claim}, {sure} ({_GUARANTEE})" if sure else f"not sure that {claim}"
        return Monitor(
            id=f"{self.name}@{canary} against {control}",
            name=self.name,
            kind=self.kind,
            null=f"{canary} is no worse than {control}",
            evidence=evidence,
            threshold=THRESHOLD,
            start=start,
            alarm_at=alarm_at,
            n=n,
            sentence=f"{self.what}: {told}{f': {why}' if why else ''}",
            source=self.source,
        )


def rate_monitor(moment: Moment, arms: Arms, watched: Watched) -> Monitor | None:
    """The e-process of one rate since both versions serve; null where they never did together.

    A decision whose label comes late is one more event of its minute when it comes. Its minute's
    share is that of all decisions, labelled or not, and in which order events come does not matter:
    to read the same minutes anew is still one watch. It holds if a wrong decision's label comes as
    soon for one version as for the other; where labels plainly do not, nothing is said.
    """
    if not {arms.canary, arms.control} <= set(watched.versions):
        return None
    pair = [watched.versions.index(version) for version in (arms.canary, arms.control)]
    since = first_together(moment, watched.steps, watched.asked[pair])
    if since is None:
        return None
    bad, judged, asked = (
        counts[pair, since:] for counts in (watched.bad, watched.judged, watched.asked)
    )
    share = asked[0] / np.maximum(asked.sum(axis=0), 1)
    known = judged.sum(axis=0)
    question = Question(
        arms, watched.name, watched.what, watched.worse, watched.source, "e-process"
    )
    n = int(known.sum())
    if labels_are_unlike(judged[0], known, share):
        return question.unknown("labels come unequally soon", watched.steps.begin(since), n)
    path = log_e_process(bad[0], bad.sum(axis=0), share)
    return question.over_time(path, watched.steps, since, n)


def worse_in_anything(arms: Arms, monitors: Sequence[Monitor], at: int) -> list[Monitor]:
    """One monitor of all that compare the two versions: is the canary worse in anything at all.

    Their evidence is averaged, which holds however they hang together (Vovk & Wang 2021); which of
    them it is follows from the same evidence (e-BH). Of one alone it would say nothing new.
    """
    asked = [monitor for monitor in monitors if monitor.run_length is None]
    if len(asked) < 2:
        return []
    evidence = np.array([monitor.evidence for monitor in asked])
    named = [asked[i].sentence.partition(":")[0] for i in np.flatnonzero(e_bh(evidence, ERROR))]
    what = ", ".join(named) or "all taken together"
    source = ", ".join(sorted({monitor.source for monitor in asked}))
    question = Question(arms, ANYTHING, what, "is worse", source, "e-process")
    start, n = min(monitor.start for monitor in asked), max(monitor.n for monitor in asked)
    return [question.at_once(float(evidence.mean()), start, n, at)]


def labels_are_unlike(ours: Ints, known: Ints, share: Floats) -> bool:
    """Whether the canary's labels surely come by a tenth sooner, or later, than its share says."""
    expected = float((known * share).sum())
    spread = float((known * share * (1.0 - share)).sum()) ** 0.5
    sooner = abs(int(ours.sum()) - expected)
    return bool(sooner > max(_UNLIKE * expected, _SURELY * spread))
