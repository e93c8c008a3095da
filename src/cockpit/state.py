"""Where an incident stands: the record that a fold of its events gives and the rooms read.

`cockpit.incident.state.fold` makes it; it is a leaf because deciding and writing read it and
neither may reach into the incident's store. Every text in it is inert.
"""

from __future__ import annotations

from cockpit.records import Record
from cockpit.views import Ask, Choice, Criteria, Knowledge, Phase, SignState


class Occurrence(Record, kw_only=True):
    """Something that happened or was said: a change, an alert, a report, a note, a safety mark."""

    id: str
    at: int
    kind: str
    text: str
    who: str = ""
    version: str = ""
    segment: str = ""


class Answer(Record, kw_only=True):
    """What a person said to an opening question; `answer` is null for "unknown"."""

    id: str
    at: int
    answer: str | None
    proposed: str = ""
    evidence: str = ""


class SeverityCall(Record, kw_only=True):
    """The severity a person confirmed."""

    id: str
    at: int
    severity: str  # "SEV2"
    reason: str = ""


class EvidenceCall(Record, kw_only=True):
    """What a person says of a sign, against what is measured."""

    id: str
    at: int
    sign: str
    state: SignState
    reason: str


class Override(Record, kw_only=True):
    """A guard that was passed with a reason."""

    id: str
    at: int
    phase: Phase  # the phase entered all the same
    reason: str


class Export(Record, kw_only=True):
    """An update that went out."""

    id: str
    at: int
    audience: str
    path: str = ""


class State(Record, kw_only=True):
    """What people have said, chosen and done by `at`, and what was recorded for them by then."""

    at: int
    phase: Phase = "detection"
    entered: dict[Phase, int] = {}  # when each phase was last entered
    left: dict[Phase, int] = {}  # when each phase was last left
    frozen: dict[Phase, Knowledge] = {}  # what was known when it was left
    answers: dict[str, Answer] = {}  # by question
    ticks: dict[str, int] = {}  # task → when it was ticked
    choices: list[Choice] = []  # every choice not undone, the last one holds
    asks: list[Ask] = []
    notes: list[Occurrence] = []
    reports: list[Occurrence] = []
    alerts: list[Occurrence] = []
    changes: list[Occurrence] = []  # deploys, feature flags, schemas, traffic
    flags: list[Occurrence] = []  # safety, privacy, data_loss: those not cleared by name
    severity: SeverityCall | None = None
    onset: int | None = None  # when a person said it began
    paged_at: int | None = None
    overrides: list[Override] = []
    evidence: dict[str, EvidenceCall] = {}  # by sign: the last word of a person
    assumed: dict[str, str] = {}  # key of the configuration → the value it was set to here
    experiment: Criteria | None = None  # what proves the fix, as it was last written
    exports: list[Export] = []
    drafts: dict[str, str] = {}  # audience → the last draft saved
    undone: list[str] = []  # ids of entries taken back

    @property
    def choice(self) -> Choice | None:
        """The containment that holds."""
        return self.choices[-1] if self.choices else None

    @property
    def safety(self) -> Occurrence | None:
        """The first safety, privacy or data-loss mark that nobody has cleared."""
        return self.flags[0] if self.flags else None

    @property
    def last_update(self) -> int | None:
        """When the last update went out."""
        return max((export.at for export in self.exports), default=None)
