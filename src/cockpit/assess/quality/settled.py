"""Wrong decisions of a healthy service once every label is known.

Rates of young labels can only be compared with rates of labels as young. What is given for good,
as the share of decisions that a rule-based fallback gets wrong, is of decisions whose labels have
settled: that needs a healthy share of the same kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.baseline import mature_source
from cockpit.records import Settled
from cockpit.tables import NEGATIVE, POSITIVE

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment

FEWEST = 100  # labelled rows


def settled(moment: Moment) -> Settled | None:
    """Counts of labelled decisions of the reference, else of the time before the onset."""
    found = mature_source(moment.inputs, "score", moment.begun)
    if found is None:
        return None
    columns, served = found.counts.columns, found.served()
    decision, label = columns["decision"], columns["label"]
    known = served & (label >= NEGATIVE) & (decision >= NEGATIVE)
    n = columns["n"]

    def rows(decided: int, was: int) -> int:
        return int(np.sum(n[known & (decision == decided) & (label == was)]))

    total = int(np.sum(n[known]))
    if total < FEWEST:
        return None
    return Settled(
        what=found.what,
        n=total,
        false_positives=rows(POSITIVE, NEGATIVE),
        false_negatives=rows(NEGATIVE, POSITIVE),
        positives=rows(POSITIVE, POSITIVE) + rows(NEGATIVE, POSITIVE),
    )
