"""Is the canary worse than the control: one monitor a rate, and one of all questions together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.e_process import THRESHOLD, evident, first_crossing, log_e_process, value_of
from cockpit.records import Monitor
from cockpit.text import inert
from cockpit.units import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from cockpit.assess.arms import Arms
    from cockpit.assess.watched import Floats, Ints, Watched

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

    def monitor(
        self,
        kind: Kind,
        evidence: float,
        start: int,
        n: int,
        alarm_at: int | None = None,
        unknown: str = "",
    ) -> Monitor:
        """The record; `unknown` says why no evidence counts."""
        canary, control = inert(self.arms.canary), inert(self.arms.control)
        claim = f"{canary} {self.worse} than {control}"
        if unknown:
            told = f"not known whether {claim}: {unknown}"
        elif alarm_at is not None:
            told = f"{claim}, sure since {clock(alarm_at, True)} ({_GUARANTEE})"
        elif evidence >= THRESHOLD:
            told = f"{claim}, sure now ({_GUARANTEE})"
        else:
            told = f"not sure that {claim}"
        against = f"{canary} against {control}"
        return Monitor(
            id=f"{self.name}@{against}",
            name=self.name,
            kind=kind,
            null=f"{canary} is no worse than {control}",
            evidence=evidence,
            threshold=THRESHOLD,
            start=start,
            alarm_at=alarm_at,
            n=n,
            sentence=f"{self.what}: {told}",
        )


def rate_monitor(arms: Arms, watched: Watched) -> Monitor | None:
    """The e-process of one rate since both versions serve; null where they never did together.

    A decision whose label comes late is one more event of its minute when it comes. Its minute's
    share is that of all decisions, labelled or not, and in which order events come does not matter:
    to read the same minutes anew is still one watch. It holds if a wrong decision's label comes as
    soon for one version as for the other; where labels plainly do not, nothing is said.
    """
    if not {arms.canary, arms.control} <= set(watched.versions):
        return None
    canary, control = (watched.versions.index(v) for v in (arms.canary, arms.control))
    ours, both = watched.asked[canary], watched.asked[canary] + watched.asked[control]
    together = np.flatnonzero((ours > 0) & (ours < both))
    if together.size == 0:
        return None
    since = int(together[0])
    bad, judged = watched.bad[:, since:], watched.judged[:, since:]
    share = ours[since:] / np.maximum(both[since:], 1)
    known = judged[canary] + judged[control]
    question = Question(arms, watched.name, watched.what, watched.worse)
    start, n = watched.steps.begin(since), int(known.sum())
    if _are_unlike(judged[canary], known, share):
        return question.monitor("e-process", 1.0, start, n, unknown="labels come unequally soon")
    path = log_e_process(bad[canary], bad[canary] + bad[control], share)
    crossed = first_crossing(path, THRESHOLD)
    alarm_at = None if crossed is None else watched.steps.begin(since + crossed + 1)
    return question.monitor("e-process", value_of(path), start, n, alarm_at)


def worse_in_anything(arms: Arms, monitors: Sequence[Monitor]) -> list[Monitor]:
    """One monitor of all that compare the two versions: is the canary worse in anything at all.

    Their evidence is averaged, which holds however they hang together (Vovk & Wang 2021); which of
    them it is follows from the same evidence (e-BH). Of one alone it would say nothing new.
    """
    asked = [monitor for monitor in monitors if monitor.run_length is None]
    if len(asked) < 2:
        return []
    evidence = [monitor.evidence for monitor in asked]
    named = [asked[i].sentence.partition(":")[0] for i in evident(evidence)]
    question = Question(arms, ANYTHING, ", ".join(named) or "all taken together", "is worse")
    return [
        question.monitor(
            "e-process",
            float(np.mean(evidence)),
            start=min(monitor.start for monitor in asked),
            n=max(monitor.n for monitor in asked),
        )
    ]


def _are_unlike(ours: Ints, known: Ints, share: Floats) -> bool:
    """Whether the canary's labels surely come by a tenth sooner, or later, than its share says."""
    expected = float((known * share).sum())
    spread = float((known * share * (1.0 - share)).sum()) ** 0.5
    sooner = abs(int(ours.sum()) - expected)
    return bool(sooner > max(_UNLIKE * expected, _SURELY * spread))
