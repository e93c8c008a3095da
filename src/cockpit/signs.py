"""The signs that tell one fault from another: their ids, and how each is called.

What a sign says of each fault is in `cockpit.decide.faults.ratios`.
"""

from __future__ import annotations

from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import nearest

SIGNS: dict[str, str] = {
    "quality_degraded": "quality worse, beyond its anytime bound",
    "only_new_worse": "only the new version worse, on the same traffic",
    "versions_alike": "both versions worse alike",
    "feature_drifted": "a feature drifted far, or is missing more often",
    "many_drifted": "many features drifted a little, segments as good as before",
    "shadow_disagrees": "shadow and served disagree on the same rows",
    "latency_with_load": "latency up with load",
    "latency_on_new": "latency or errors up on the new version alone, at equal load",
    "errors_up": "errors up",
    "fits_deploy": "onset fits a model deploy",
    "fits_data_change": "onset fits a change of schema, pipeline or features",
    "fits_traffic": "onset fits a traffic or campaign event",
    "calibration_off": "calibration off, ranking intact",
    "labels_immature": "labels immature, or of one class only",
}


def text_of(sign: str) -> str:
    """How a sign is called; the id itself where it is none of ours."""
    return SIGNS.get(sign, sign)


def known(sign: str) -> str:
    """The id, if there is such a sign. Raises BadInput naming the nearest, else all of them."""
    if sign not in SIGNS:
        there = nearest(sign, SIGNS) or f"there are: {', '.join(SIGNS)}"
        raise BadInput(f"no such sign '{inert(sign)}'; {there}")
    return sign
