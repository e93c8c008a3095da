"""A running system before its first figures: each pane says what it waits for."""

from __future__ import annotations

from cockpit.ui.rows import Row, words

TITLES = {
    1: "Model",
    2: "Infra",
    3: "Questions and checklist",
    4: "Containment",
    5: "Known · Not known · Next",
    6: "Timeline",
}
_WAITS = {
    1: "Waiting for the first figures: the predictions are being read.",
    2: "Waiting for the first figures: the metrics are being asked for.",
    3: "Nothing is asked yet: answers are proposed from figures.",
    4: "No containment option can be compared yet: the first figures are on their way.",
    5: "Nothing is known yet. The sources are being asked; the first figures follow in seconds.",
    6: "Nothing is listed yet: alerts and changes are being asked for.",
}


def rows(pane: int, cells: int, problem: str) -> list[Row]:
    """What a pane waits for; in the last one, why the figures could not be computed."""
    if problem and pane == 5:
        return words(problem, cells, 3, "bad")
    return words(_WAITS[pane], cells, 4)
