"""The table of keys: bindings, key line, help screen and documentation are made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cockpit.ui.lines import Line, Span, text_width

Where = Literal[
    "incident", "choose", "question", "briefing", "asks", "evidence", "experiment", "services"
]


@dataclass(frozen=True)
class Key:
    """One key: `id` for users who rebind it, `keys` as textual names them, `label` as printed.

    `what` are the words of the key line, `help` the sentence of the help screen. `line` orders the
    key line (0: not on it); the highest is dropped first where it is narrow.
    """

    id: str
    keys: str
    label: str
    what: str
    help: str
    line: int = 0
    where: Where = "incident"
    action: str = ""  # what textual runs; the id where empty


KEYS: tuple[Key, ...] = (
    Key("help", "question_mark", "?", "help", "help for the focused pane", 1),
    Key("quit", "q", "q", "quit", "leave; says where what you did is kept", 2),
    Key("choose", "c", "c", "choose", "choose a containment option, with a reason", 3),
    Key("note", "n", "n", "note", "write a time-stamped note", 5),
    Key("briefing", "b", "b", "brief", "write the briefing", 4),
    Key("command", "colon", ":", "command", "a command; tab completes, ↑ recalls", 6),
    Key(
        "safety",
        "exclamation_mark",
        "!",
        "safety · privacy · data loss",
        "mark harm: SEV0; asks once more",
        7,
    ),
    Key("execute", "x", "x", "executed", "mark the chosen option executed now", 8),
    Key("next_phase", "greater_than_sign", ">", "next phase", "enter the next phase", 9),
    Key("overview", "o", "o", "overview", "back to the overview"),
    Key("pane_1", "1", "1", "model", "pane 1 in full: model", action="pane(1)"),
    Key("pane_2", "2", "2", "infra", "pane 2 in full: infra", action="pane(2)"),
    Key(
        "pane_3", "3", "3", "questions", "pane 3 in full: questions and checklist", action="pane(3)"
    ),
    Key("pane_4", "4", "4", "containment", "pane 4 in full: containment", action="pane(4)"),
    Key("pane_5", "5", "5", "known", "pane 5 in full: known, not known, next", action="pane(5)"),
    Key("pane_6", "6", "6", "timeline", "pane 6 in full: timeline", action="pane(6)"),
    Key("by_hypothesis", "h", "h", "by hypothesis", "containment by hypothesis, and the signs"),
    Key("flips", "w", "w", "what flips it", "what would flip the choice; what to find out first"),
    Key("journal", "J", "J", "journal", "the journal: the timeline with a filter"),
    Key("next_pane", "tab", "tab", "next pane", "move to the next pane", action="focus_pane(1)"),
    Key(
        "previous_pane",
        "shift+tab",
        "shift+tab",
        "previous pane",
        "move to the previous pane",
        action="focus_pane(-1)",
    ),
    Key("down", "j,down", "j ↓", "down", "move down", action="move(1)"),
    Key("up", "k,up", "k ↑", "up", "move up", action="move(-1)"),
    Key("page_down", "pagedown", "pgdn", "page down", "ten rows down", action="move(10)"),
    Key("page_up", "pageup", "pgup", "page up", "ten rows up", action="move(-10)"),
    Key("first", "g,home", "g", "first", "to the first row", action="move(-100000)"),
    Key("last", "G,end", "G", "last", "to the last row", action="move(100000)"),
    Key("open", "enter", "⏎", "open", "answer, tick, or show how it was made"),
    Key("source", "i", "i", "source", "where this number comes from"),
    Key("experiment", "v", "v", "validate", "how the fix is proved; exit criteria and verdict"),
    Key("asks", "a", "a", "asks", "asks: add, answer, see what is overdue"),
    Key("report", "r", "r", "report", "record what a user reports"),
    Key("undo", "z", "z", "undo", "undo the last entry; both stay journalled"),
    Key("filter", "slash", "/", "filter", "filter the timeline by words"),
    Key("declare", "D", "D", "declare", "live: declare an incident"),
    Key("services", "S", "S", "services", "live: go to another service"),
    Key("pause", "space", "space", "pause", "pause or run on; live: hold, or follow again"),
    Key("slower", "minus", "-", "slower", "slower replay"),
    Key("faster", "plus,equals_sign", "+", "faster", "faster replay"),
    Key(
        "step_back",
        "left_square_bracket",
        "[",
        "step back",
        "ten seconds back",
        action="travel(-10)",
    ),
    Key("step", "right_square_bracket", "]", "step", "ten seconds forward", action="travel(10)"),
    Key("previous_event", "comma", ",", "previous event", "to the previous recorded event"),
    Key("next_event", "full_stop", ".", "next event", "to the next recorded event"),
    Key("minute_back", "m", "m", "minute back", "a minute back", action="travel(-60)"),
    Key("minute_on", "M", "M", "minute on", "a minute forward", action="travel(60)"),
    Key("hour_back", "H", "H", "hour back", "an hour back", action="travel(-3600)"),
    Key("hour_on", "L", "L", "hour on", "an hour forward", action="travel(3600)"),
    Key("goto", "t", "t", "go to time", "go to a time: 02:51, 02:51:10, +5m, -1h"),
    Key("end", "0", "0", "end", "to the end of the recording; live: to now"),
    Key("copy", "y", "y", "copy", "copy this screen, and say in which file it is"),
    Key("repaint", "ctrl+l", "ctrl+l", "repaint", "draw everything anew"),
    Key("edit", "e", "e", "edit", "the briefing in $EDITOR"),
    Key("export", "f2", "F2", "export", "write the briefing to a file and say where"),
    Key("back", "escape", "esc", "back", "leave what is open"),
    # Screens with keys of their own.
    Key("reason_1", "1", "1–4", "reason", "take one of the four prepared reasons", 1, "choose"),
    Key("reason_text", "r", "r", "own reason", "type a reason of your own", 2, "choose"),
    Key("companion", "space", "space", "tick", "tick or untick the companion action", 3, "choose"),
    Key(
        "confirm",
        "enter",
        "⏎",
        "next, confirm",
        "go to the next step; on the last one, confirm",
        4,
        "choose",
    ),
    Key("accept", "enter", "⏎", "accept", "accept the proposed answer", 1, "question"),
    Key("unknown", "u", "u", "unknown", "say that it is not known", 2, "question"),
    Key(
        "type",
        "tab",
        "a–z",
        "type an answer",
        "any other letter begins an answer of your own",
        3,
        "question",
    ),
    Key(
        "brief_export",
        "f2",
        "F2",
        "export",
        "write the briefing to a file and say where",
        1,
        "briefing",
    ),
    Key("brief_audience", "f3", "F3", "exec / technical", "switch the audience", 2, "briefing"),
    Key("brief_editor", "f4", "F4", "$EDITOR", "edit in your own editor", 3, "briefing"),
    Key(
        "brief_preview",
        "f5",
        "F5",
        "source / rendered",
        "on a narrow screen, show the other half",
        4,
        "briefing",
    ),
    Key(
        "brief_fresh", "f6", "F6", "fresh draft", "draft again from the facts of now", 5, "briefing"
    ),
    Key("ask_add", "n", "n", "new ask", "ask somebody for something", 1, "asks"),
    Key(
        "ask_prepared",
        "1",
        "1–9",
        "prepared ask",
        "ask somebody the configuration names; only the deadline is asked for",
        3,
        "asks",
    ),
    Key("ask_answer", "enter", "⏎", "answer", "write the answer that came", 2, "asks"),
    Key(
        "write_criteria",
        "enter",
        "⏎",
        "write the criteria",
        "write the exit criteria of this plan to the journal",
        1,
        "experiment",
    ),
    Key("sign_seen", "s", "s", "seen", "say that the sign is there", 1, "evidence"),
    Key("sign_not_seen", "n", "n", "not seen", "say that it is not there", 2, "evidence"),
    Key("service_open", "enter", "⏎", "open", "go to this service", 1, "services"),
    Key("service_quit", "q", "q", "quit", "leave the cockpit", 2, "services"),
    Key("sign_unknown", "u", "u", "unknown", "say that it cannot be told", 3, "evidence"),
)


def of(where: Where) -> list[Key]:
    """The keys of one place."""
    return [key for key in KEYS if key.where == where]


def key_line(keys: Iterable[Key], cells: int, always: Iterable[tuple[str, str]] = ()) -> Line:
    """The line at the bottom: keys in order, the least needed dropped where it is narrow."""
    wanted = [(key.label, key.what) for key in sorted(keys, key=lambda k: k.line) if key.line]
    wanted = [*always, *wanted]
    spans: list[Span] = []
    used = 0
    for label, what in wanted:
        before = "   " if spans else " "
        size = len(before) + text_width(label) + 1 + text_width(what)
        if used + size > cells:
            continue
        spans += [(before, "text"), (label, "key"), (f" {what}", "dim")]
        used += size
    return tuple(spans)
