"""Is the canary worse than the control in a mean, or in ranking: confidence sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import scores
from cockpit.assess.history import served
from cockpit.assess.inputs import INFRA_SPAN
from cockpit.assess.methods.anytime import log_evidence
from cockpit.assess.methods.differences import difference
from cockpit.assess.methods.e_process import value_of
from cockpit.assess.methods.mean_process import Sums, log_mean_process
from cockpit.assess.methods.measurement import Z
from cockpit.assess.monitors.arm_monitors import Question
from cockpit.assess.monitors.watched import by_version, first_together, slow_steps
from cockpit.assess.quality.ranking import auc
from cockpit.assess.quality.team_report import step_of_mean
from cockpit.assess.slices import about_all, is_word
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment
    from cockpit.assess.versions.arms import Arms
    from cockpit.records import Monitor


def mean_monitors(moment: Moment, arms: Arms) -> list[Monitor]:
    """Each of the team's means that is better high or low, compared minute by minute."""
    counts = moment.inputs.history.get("mean")
    if counts is None or len(counts) == 0:
        return []
    words = counts.words["version"]
    if not {arms.canary, arms.control} <= set(words):
        return []
    pair = [words.index(version) for version in (arms.canary, arms.control)]
    steps = slow_steps(moment)
    planned = max(round(INFRA_SPAN / steps.step), 1)
    found = []
    for mean in moment.inputs.map.means:
        rows = is_word(counts, "name", mean.name) & about_all(counts)
        if mean.direction == "neither" or not rows.any():
            continue
        n = np.maximum(by_version(counts, steps, rows), 0)
        since, unit = first_together(moment, steps, n[pair]), step_of_mean(moment, mean.name)
        if since is None:
            continue
        x, x2 = (
            np.asarray(by_version(counts, steps, rows, c) * unit, dtype=np.float64)
            for c in ("sum_x", "sum_x2")
        )
        canary, control = (Sums(n[i, since:], x[i, since:], x2[i, since:]) for i in pair)
        high = mean.direction == "higher_is_better"
        path = log_mean_process(control if high else canary, canary if high else control, planned)
        name = inert(mean.name)
        question = Question(arms, name, name, "is worse", "mean", "confidence sequence")
        found.append(question.over_time(path, steps, since, int(n[pair, since:].sum())))
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
    question = Question(arms, "auc", "ranking", "ranks worse", "score", "confidence sequence")
    return [question.at_once(value_of(path), window.start, canary.n + control.n, window.end)]
