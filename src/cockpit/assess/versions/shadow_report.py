"""Estimates of a shadow against what served, on the rows that both scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.assess.methods.differences import Contrast
from cockpit.assess.methods.measurement import unmeasured
from cockpit.assess.slices import Subject, groups
from cockpit.assess.versions import paired
from cockpit.assess.versions.report import contrasted
from cockpit.tables import SHADOW
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from cockpit.assess.estimates import Moment
    from cockpit.records import Estimate

_CONTRASTS: dict[str, Callable[[paired.Pairs], Contrast]] = {
    "auc": paired.auc,
    "accuracy": paired.accuracy,
    "wrong_rate": paired.wrong_rate,
}


def shadow_differences(moment: Moment) -> list[Estimate]:
    """Ranking and decisions of each shadow against each version it shadowed, and their agreement.

    Ids like "auc@v43 shadow against v42". They differ a little from "auc@v43 shadow", which has all
    rows of the shadow and finer bins.
    """
    counts, only_when = moment.inputs.now.get("pair"), moment.inputs.map.labels_only_when
    if counts is None or len(counts) == 0:
        return []
    found = []
    for (shadow, version), rows in groups(counts, ("shadow", "version")):
        pairs = paired.of(counts, rows)
        subject = Subject(inert(shadow), SHADOW, against=inert(version))
        what = f"{inert(version)} on the same rows"
        for name, contrast_of in _CONTRASTS.items():
            contrast = contrast_of(pairs)
            if only_when:
                missing = unmeasured(f"labels only when {inert(only_when)}", contrast.now.n)
                contrast = Contrast(missing, missing, None)
            found.append(contrasted(moment, name, contrast, subject, what, source="pair"))
        agree = paired.agreement(pairs)
        found.append(moment.estimate("agreement", agree, None, subject, source="pair"))
    return found
