"""Is the canary worse than the control in a mean, or in ranking: confidence sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import scores
from cockpit.assess.anytime import log_evidence
from cockpit.assess.arm_monitors import Question
from cockpit.assess.differences import difference
from cockpit.assess.e_process import THRESHOLD, first_crossing, value_of
from cockpit.assess.history import served
from cockpit.assess.inputs import INFRA_SPAN
from cockpit.assess.mean_process import Sums, log_mean_process
from cockpit.assess.measurement import Z
from cockpit.assess.quality import auc
from cockpit.assess.slices import about_all, is_word
from cockpit.assess.team_report import step_of_mean
from cockpit.assess.watched import by_version, slow_steps
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.arms import Arms
    from cockpit.assess.estimates import Moment
    from cockpit.records import Monitor


def mean_monitors(moment: Moment, arms: Arms) -> list[Monitor]:
    """Each of the team's means that is better high or low, compared minute by minute."""
    counts = moment.inputs.history.get("mean")
    if counts is None or len(counts) == 0:
        return []
    words = counts.words["version"]
    if not {arms.canary, arms.control} <= set(words):
        return []
    steps = slow_steps(moment)
    planned = max(round(INFRA_SPAN / steps.step), 1)
    found = []
    for mean in moment.inputs.map.means:
        rows = is_word(counts, "name", mean.name) & about_all(counts)
        if mean.direction == "neither" or not rows.any():
            continue
        n, x, x2 = (by_version(counts, steps, rows, c) for c in ("n", "sum_x", "sum_x2"))
        unit = step_of_mean(moment, mean.name)
        canary, control = (
            Sums(n[i], x[i] * unit, x2[i] * unit)
            for i in (words.index(arms.canary), words.index(arms.control))
        )
        together = np.flatnonzero((canary.n > 0) & (control.n > 0))
        if together.size == 0:
            continue
        high = mean.direction == "higher_is_better"
        path = log_mean_process(control if high else canary, canary if high else control, planned)
        crossed = first_crossing(path, THRESHOLD)
        question = Question(arms, inert(mean.name), inert(mean.name), "is worse")
        found.append(
            question.monitor(
                "confidence sequence",
                value_of(path),
                steps.begin(int(together[0])),
                int((canary.n + control.n)[together].sum()),
                None if crossed is None else steps.begin(crossed + 1),
            )
        )
    return found


def ranking_monitors(moment: Moment, arms: Arms) -> list[Monitor]:
    """The difference of the two AUCs over the quality window, while that window grows.

    The window is one sum: when it first was sure is not known, and a ranking that changes with
    time in both versions, while the share of one of them grows, can pass for a difference.
    """
    inputs, counts = moment.inputs, moment.inputs.now.get("score")
    if counts is None or len(counts) == 0 or inputs.map.labels_only_when:
        return []
    canary, control = (
        auc(scores.of(counts, served(counts) & is_word(counts, "version", version)))
        for version in (arms.canary, arms.control)
    )
    apart = difference(control.interval, canary.interval)
    if apart is None or apart.low is None or apart.high is None:
        return []
    half = apart.value - apart.low if apart.value > 0 else apart.high - apart.value
    if half <= 0:
        return []
    window = inputs.quality_window
    fraction = (window.end - window.start) / INFRA_SPAN
    path = log_evidence(np.array([apart.value * Z / half]), np.array([fraction]))
    question = Question(arms, "auc", "ranking", "ranks worse")
    return [
        question.monitor("confidence sequence", value_of(path), window.start, canary.n + control.n)
    ]
