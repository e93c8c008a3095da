"""How the fix is proved: the ways to do it, exit criteria written with enter, and the verdict."""

from __future__ import annotations

from cockpit.numbers import long_minutes
from cockpit.ui.lines import EMPTY, Line, Span, marked, pad, plain, sentence
from cockpit.ui.sheets.sheet import Sheet
from cockpit.units import clock
from cockpit.views import Experiment, ExperimentPlan, Verdict

_ROLES = {"pass": "good", "fail": "bad", "keep learning": "accent"}
_WIDE = 100  # cells from which the table has all its columns


class ExperimentSheet(Sheet):
    """The plans at the time it was opened; the numbers come when they are computed."""

    where = "experiment"
    title_text = "how the fix is proved"

    def __init__(self, at: int) -> None:
        super().__init__()
        self._taken_at = at
        self._found: Experiment | None = None
        self._problem = ""
        self._at = 0
        self._asked_again = False  # whether criteria that were written may be written anew

    def on_mount(self) -> None:
        """Ask for the numbers; the sheet is drawn without them first."""
        super().on_mount()
        app, at = self.cockpit, self._taken_at
        app.in_background("experiment", lambda: app.session.experiment(at), self._arrived)

    def _arrived(self, result: Experiment | Exception) -> None:
        if isinstance(result, Experiment):
            self._found = result
        else:
            self._problem = f"It could not be computed: {str(result) or type(result).__name__}"
        self.redraw()

    def body(self, cells: int) -> list[Line]:
        """The verdict so far, what is at stake, the plans, and the one under the cursor."""
        found = self._found
        if found is None:
            return sentence(self._problem or "computing …", cells, 3)
        lines = [] if found.verdict is None else [*_verdict(found.verdict, cells), EMPTY]
        lines += sentence(f"at stake: {found.stake}", cells, 3)
        lines += sentence(found.traffic, cells, 2, "dim")
        lines += [EMPTY, *self._table(found, cells), EMPTY]
        lines += _plan(found.plans[self._at], cells)
        lines += [line for note in found.notes for line in sentence(f"· {note}", cells, 3, "dim")]
        return lines

    def _table(self, found: Experiment, cells: int) -> list[Line]:
        wide = cells >= _WIDE
        lines = [plain("  " + _columns(_HEAD, wide), "dim")]
        for index, plan in enumerate(found.plans):
            here = index == self._at
            role = "dim" if plan.blocked else "text"
            line: Line = (("▸ " if here else "  ", "accent"), (_row(plan, wide), role))
            lines.append(marked(line) if here else line)
        return lines

    def action_move(self, by: int) -> None:
        """Another plan; past the last one, what did not fit on the screen."""
        last = len(self._found.plans) - 1 if self._found is not None else 0
        if self.offset_lines + by < 0 or (self.offset_lines == 0 and 0 <= self._at + by <= last):
            self._at = max(0, min(last, self._at + by))
            self._asked_again = False
            self.redraw()
        else:
            super().action_move(by)

    def action_write_criteria(self) -> None:
        """Write the criteria of the plan under the cursor to the journal."""
        app, found = self.cockpit, self._found
        if found is None:
            return
        plan = found.plans[self._at]
        criteria = plan.criteria
        if criteria is None:
            app.say(f"Nothing to write: {plan.blocked or 'bad rows cannot be counted here'}.")
        elif found.verdict is not None and not self._asked_again:
            self._asked_again = True
            written = clock(found.verdict.criteria.written_at)
            app.say(f"Criteria were written at {written}. Enter again changes them, journalled.")
        elif app.act(
            lambda: app.session.write_criteria(criteria, app.clock.now),
            f"Written: the criteria of {plan.label}; they are watched from now on. z undoes it.",
            keep="experiment",
        ):
            self.close()


_HEAD = ("", "rows", "control", "takes", "at most", "exposed", "of users", "why here")
_SIZES = (12, 8, 9, 11, 11, 9, 9, 0)


def _columns(cells: tuple[str, ...], wide: bool) -> str:
    kept = [
        text if not size else pad(text, size)
        for name, text, size in zip(_HEAD, cells, _SIZES, strict=True)
        if wide or name not in ("control", "why here")
    ]
    return "".join(kept)


def _row(plan: ExperimentPlan, wide: bool) -> str:
    rows, control = ("–" if n is None else f"{n:,}" for n in (plan.rows, plan.control_rows))
    takes, most = (long_minutes(n) for n in (plan.minutes, plan.minutes_at_most))
    told = (plan.label, rows, control, takes, most, plan.exposed.text, plan.exposed_users.text)
    return _columns((*told, plan.reason), wide)


def _plan(plan: ExperimentPlan, cells: int) -> list[Line]:
    """A plan's criteria, what it shows and what it does not."""
    if plan.blocked:
        return [*sentence(f"{plan.label}: not here, {plan.blocked}", cells, 3, "text"), EMPTY]
    lines: list[Line] = []
    if plan.criteria is not None:
        lines.append(plain("Exit criteria; enter writes them before the fix is tried:", "accent"))
        for told in plan.criteria.sentences:
            lines += sentence(told, cells, 2, _role(told), indent="      ")
        lines.append(EMPTY)
    lines += sentence(f"{plan.label} shows {plan.tells}", cells, 2, "text")
    return [*lines, *sentence(f"It does not show {plan.cannot}", cells, 2, "dim")]


def _role(told: str) -> str:
    return {"pass": "good", "fail": "bad"}.get(told.partition(":")[0], "dim")


def _verdict(verdict: Verdict, cells: int) -> list[Line]:
    """The word first, then why and what each arm did."""
    word: Span = (verdict.word.upper(), _ROLES[verdict.word])
    criteria = verdict.criteria
    when = f"  {criteria.kind} of {criteria.metric}, written {clock(criteria.written_at)} UTC"
    if criteria.before is not None:
        when += f" in place of those of {clock(criteria.before)}"
    lines: list[Line] = [(word, (when, "dim"))]
    lines += sentence(verdict.reason, cells, 3)
    return lines + [line for arm in verdict.sentences for line in sentence(arm, cells, 1, "dim")]
