"""What an import did with every row it read, kept in the incident file and shown at the end."""

from __future__ import annotations

import msgspec

from cockpit.records import BadInput
from cockpit.units import iso

UNTIMED = "no time, or none that can be read"
LATE_LABEL = "known later than labels may be"
LABEL_AFTER_END = "known after the time that is recorded"


class ImportReport(msgspec.Struct, kw_only=True):
    """Rows read and used, and those that could not be, by reason.

    `dropped` rows count nowhere; `incomplete` ones lack something and count wherever they can.
    """

    service: str = ""
    rows: int = 0
    used: int = 0
    dropped: dict[str, int] = {}
    incomplete: dict[str, int] = {}
    labels: int = 0
    labels_used: int = 0
    labels_unused: dict[str, int] = {}
    reference_rows: int = 0
    reference_incomplete: dict[str, int] = {}
    metric_values: int = 0
    metrics_skipped: dict[str, int] = {}
    events: int = 0
    notes: list[str] = []

    def lines(self) -> list[str]:
        """The report as people read it: what was used, then what was not and why."""
        told = [f"predictions: {self.used:,} of {self.rows:,} rows used"]
        if self.labels:
            told.append(f"labels: {self.labels:,} read, {self.labels_used:,} given to rows")
        if self.reference_rows:
            told.append(f"reference: {self.reference_rows:,} rows")
        if self.metric_values:
            told.append(f"metrics: {self.metric_values:,} values")
        if self.events:
            told.append(f"events: {self.events:,}")
        for what, reasons in (
            ("not counted", self.dropped),
            ("counted in part", self.incomplete),
            ("labels not used", self.labels_unused),
            ("reference, counted in part", self.reference_incomplete),
            ("metric values skipped", self.metrics_skipped),
        ):
            told += [f"{what}: {n:,} × {reason}" for reason, n in sorted(reasons.items())]
        for reason, n in sorted(self.incomplete.items()):
            if reason.endswith("outside 0 to 1") and 2 * n > self.used:
                told.append(f"most rows have a {reason}: write it as a share, not percent or logit")
        return told + self.notes

    def note(self, text: str) -> None:
        """Add a sentence, once."""
        if text not in self.notes:
            self.notes.append(text)

    def note_early_bins(self, end: int) -> None:
        """Say that features have the bins of the rows before `end` (µs)."""
        self.note(f"no reference: the bins of features are those of the rows before {iso(end)}")

    def require_used(self, name: str) -> None:
        """Raises BadInput, with the reasons, where no row of `name` can be used."""
        if self.used == 0:
            reasons = ", ".join(f"{n:,} {reason}" for reason, n in self.dropped.items())
            raise BadInput(f"{name}: no row can be used: {reasons or 'there are none'}")


def count(reasons: dict[str, int], reason: str, n: int) -> None:
    """Add n rows to a reason; nothing where n is 0."""
    if n:
        reasons[reason] = reasons.get(reason, 0) + int(n)


def count_each(reasons: dict[str, int], more: dict[str, int]) -> None:
    """Add rows by reason to rows by reason."""
    for reason, n in more.items():
        count(reasons, reason, n)
