"""Pane 3: the opening questions with their proposed answers, and the checklist of each phase."""

from __future__ import annotations

from cockpit.ui.lines import Line, first_fit, sentence, sides, width
from cockpit.ui.panes import sources
from cockpit.ui.rows import Row, heading, words
from cockpit.units import clock
from cockpit.views import PHASES, Phase, Question, Task, View

_EMPTY = "No questions and no tasks: the checklist of this incident is empty."
_TELLING = 21  # cells from which on a proposal that is cut still says something


def title(view: View) -> str:
    """'Questions and checklist', with how many questions are still open."""
    waiting = len(open_questions(view))
    return f"Questions · {waiting} open" if waiting else "Questions and checklist"


def open_questions(view: View) -> list[Question]:
    """The questions nobody has answered yet, not even with "unknown"."""
    return [q for q in view.checklist.questions if q.answer is None and not q.unknown]


def next_open(view: View, done: str) -> str:
    """The item to go on with after `done`, or "" where nothing is: the cursor stays.

    After a question the next open one, and after the last of them the first task of the phase;
    after a task the next of its phase. Tasks that evidence ticks are passed over.
    """
    kind, _, name = done.partition(":")
    checklist = view.checklist
    if kind == "question":
        waiting = [q.id for q in open_questions(view)]
        if found := _after(name, [q.id for q in checklist.questions], waiting):
            return f"question:{found}"
    phase = next((t.phase for t in checklist.tasks if t.id == name), view.status.phase)
    tasks = [t for t in checklist.tasks if t.phase == phase]
    todo = [t.id for t in tasks if not t.done and not t.measured]
    found = _after(name, [t.id for t in tasks], todo)
    return f"task:{found}" if found else ""


def _after(name: str, every: list[str], still: list[str]) -> str:
    """The first of `still` behind `name` in the order of `every`, else the first before it."""
    place = every.index(name) + 1 if name in every else 0
    return next((n for n in every[place:] + every[:place] if n in still and n != name), "")


def question_rows(question: Question, cells: int, detailed: bool) -> list[Row]:
    """Answered: one line. Open: the question, and the proposal to accept under it."""
    item = f"question:{question.id}"
    if question.unknown:
        return [Row((("✓ ", "watch"), (f"{question.text} ", "dim"), ("unknown", "watch")), item)]
    if question.answer is not None:
        return [
            Row((("✓ ", "good"), (f"{question.text} ", "dim"), (question.answer, "text")), item)
        ]
    head: Line = (("? ", "accent"), (question.text, "strong"))
    proposal = question.proposal.answer or "nothing: no evidence yet"
    if not detailed:
        room = cells - width(head)
        told = first_fit(room, f" proposed: {proposal}")
        # A beginning of one word tells nothing; the question in full comes when it is its turn.
        return [Row((*head, (told if room >= _TELLING else "", "dim")), item)]
    hint: Line = ((" ⏎ answer", "accent"),)
    return [
        Row(sides(head, hint, cells), item),
        Row(((f"  proposed: {proposal}", "text"),), item),
    ]


def task_row(task: Task, cells: int) -> Row:
    """A tick or a dot, and when it was done; measured ones say that evidence ticks them."""
    item = f"task:{task.id}"
    if task.done:
        when = f" {clock(task.done_at)}" if task.done_at is not None else ""
        return Row(sides((("✓ ", "good"), (task.text, "dim")), ((when, "dim"),), cells), item)
    right: Line = ((" by evidence", "dim"),) if task.measured else ()
    return Row(sides((("· ", "dim"), (task.text, "text")), right, cells), item)


def rows(view: View, cells: int, height: int, phase: Phase | None = None) -> list[Row]:
    """The pane on the overview: questions, then the tasks of the current phase and the next."""
    checklist = view.checklist
    result = sources.rows(view, "questions", cells)
    if not checklist.questions and not checklist.tasks:
        return result + words(_EMPTY, cells)
    waiting = open_questions(view)
    for question in checklist.questions:
        result += question_rows(question, cells, bool(waiting) and question is waiting[0])
    now = PHASES.index(phase or view.status.phase)
    for name in PHASES[now : now + 2]:
        tasks = [task for task in checklist.tasks if task.phase == name]
        if tasks:
            result.append(heading(name, cells))
            result += [task_row(task, cells) for task in tasks]
    return result


def full(view: View, cells: int) -> list[Row]:
    """The pane in full: every question with its evidence, every phase's tasks."""
    checklist = view.checklist
    result = sources.rows(view, "questions", cells)
    if not checklist.questions and not checklist.tasks:
        return result + words(_EMPTY, cells)
    result.append(heading("opening questions", cells))
    for question in checklist.questions:
        result += question_rows(question, cells, True)
        if question.answer is None and not question.unknown and question.proposal.evidence:
            because = sentence(f"because: {question.proposal.evidence}", cells - 2, 4, "dim")
            item = f"question:{question.id}"
            result += [Row((("  ", "dim"), *line), item) for line in because]
    for name in PHASES:
        tasks = [task for task in checklist.tasks if task.phase == name]
        if tasks:
            here = "  ◂ now" if name == view.status.phase else ""
            result.append(heading(name + here, cells))
            result += [task_row(task, cells) for task in tasks]
    return result


def next_question(view: View, cells: int) -> list[Row]:
    """The one question to answer now, in two lines, for a narrow screen."""
    if not view.checklist.questions and not view.checklist.tasks:
        return words(_EMPTY, cells, 2)
    waiting = open_questions(view)
    if waiting:
        return question_rows(waiting[0], cells, True)
    todo = [
        task for task in view.checklist.tasks if task.phase == view.status.phase and not task.done
    ]
    if todo:
        return [task_row(task, cells) for task in todo[:2]]
    return words(
        "Every question is answered and this phase's list is done: > enters the next.", cells, 2
    )
