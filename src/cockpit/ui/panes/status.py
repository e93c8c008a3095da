"""The three lines above every screen: status, impact and the strip of phases."""

from __future__ import annotations

from cockpit.ui.lines import EMPTY, Line, fit, plain, sentence, text_width, width, wrap
from cockpit.ui.panes.playhead import Playhead, banner, playhead_text
from cockpit.ui.panes.sources import counted
from cockpit.units import clock, duration, elapsed, local_clock, short_day
from cockpit.views import View

PHASE_WORDS = {
    "detection": "DETECT",
    "scope": "SCOPE",
    "containment": "CONTAIN",
    "remediation": "REMEDIATE",
    "validation": "VALIDATE",
    "postmortem": "POSTMORTEM",
}

_FAILING = 6  # of the order in which parts of the status line are dropped: that a source fails


def status_line(view: View | None, play: Playhead, cells: int, service: str) -> Line:
    """The first line; what fits least is dropped first, severity never."""
    if view is None:
        doing = " asking the sources · " if play.live else " reading the recording · "
        where = f" · {playhead_text(play)}"
        return fit(((doing, "dim"), (service, "text"), (where, "text")), cells)
    parts = _parts(view, play)
    if not play.declared and _needed([p for p in parts if p[0] <= _FAILING]) > cells:
        parts[1] = (1, "not declared (D)", "accent")
    while _needed(parts) > cells and len(parts) > 1:
        parts.remove(max(parts))
    line: list[tuple[str, str]] = []
    for index, (_, text, role) in enumerate(parts):
        if index > 1:
            line.append((" · ", "dim"))
        elif index == 1:
            line.append((" ", "text"))
        line.append((text, role))
    return fit(tuple(line), cells)


def _parts(view: View, play: Playhead) -> list[tuple[int, str, str]]:
    """In the order shown, each with the order in which it is dropped (the highest first)."""
    status = view.status
    severity = status.severity + ("" if status.confirmed else "?")
    if status.safety:
        severity += f" {status.safety.upper()}"
    role = "severity" if status.confirmed or status.safety else "proposed"
    parts: list[tuple[int, str, str]] = [(0, f" {severity} ", role)]
    if play.declared:
        parts += _phase_and_clocks(view, play)
    else:
        parts.append((1, "not declared: D declares the incident", "accent"))
    age = status.data_age + (max(0, play.at - view.at) if play.live else 0)
    parts.append((5, f"data {duration(age)}", "text"))
    if failing := counted(view):
        parts.append((_FAILING, failing, "watch"))
    if diagnose := view.options.diagnose:
        parts.append((8, diagnose, "accent" if "contain" in diagnose else "text"))
    if status.timezone not in ("", "UTC"):
        parts.append((11, local_clock(play.at, status.timezone), "dim"))
    parts.append((10, status.service, "dim"))
    seen = play.ended or play.back is not None
    parts.append((4, playhead_text(play), "accent" if seen else "text"))
    if play.behind:
        parts.append((7, f"figures of {clock(view.at, seconds=True)}", "watch"))
    return parts


def _phase_and_clocks(view: View, play: Playhead) -> list[tuple[int, str, str]]:
    """What only an incident has: its phase, how long it lasts, and when words are due."""
    status = view.status
    parts: list[tuple[int, str, str]] = [(1, PHASE_WORDS[status.phase], "strong")]
    if status.onset is not None:
        parts.append((2, f"T+{elapsed(play.at - status.onset)}", "text"))
    if status.paged_at is not None:
        sign = "+" if play.at >= status.paged_at else ""
        parts.append((9, f"page {sign}{elapsed(play.at - status.paged_at)}", "dim"))
    if status.update_due is not None:
        left = status.update_due - play.at
        if left >= 0:
            parts.append((3, f"update due {elapsed(left)}", "text"))
        else:
            parts.append((3, f"update overdue {elapsed(-left)}", "accent"))
    return parts


def _needed(parts: list[tuple[int, str, str]]) -> int:
    return sum(text_width(text) + 3 for _, text, _ in parts) - 3


def impact_lines(view: View | None, cells: int, most: int = 1) -> list[Line]:
    """Who is hurt and how badly, in at most `most` lines."""
    if view is None:
        return [
            fit(plain(" IMPACT  not yet known: the first view is being computed", "dim"), cells)
        ]
    impact = view.impact
    text = impact.sentence or "nothing measured says that anyone is hurt"
    if impact.unknown:
        text += " · not yet known: " + ", ".join(impact.unknown)
    parts = text.split(" · ")
    # Whole parts are left out where it does not fit; a number cut in two would be another one.
    while len(parts) > 1 and len(wrap(text, cells - 9)) > most:
        parts.pop()
        text = " · ".join([*parts, "…"])
    role = "strong" if impact.share else "text"
    lines = sentence(text, cells - 9, most, role)
    return [
        fit(((" IMPACT  " if index == 0 else " " * 9, "title"), *line), cells)
        for index, line in enumerate(lines)
    ]


def phase_line(view: View | None, cells: int) -> Line:
    """DETECT ✓  SCOPE ✓  CONTAIN ▸ not chosen  …; details are dropped before phases."""
    if view is None:
        return fit(EMPTY, cells)
    for detailed, letters, named in (
        (True, 10, True),
        (False, 10, True),
        (False, 6, True),
        (False, 6, False),
    ):
        line: list[tuple[str, str]] = [(" ", "text")]
        for mark in view.phases:
            sign = {"done": "✓", "current": "▸", "todo": "·"}[mark.state]
            role = {"done": "good", "current": "accent", "todo": "dim"}[mark.state]
            told = mark.detail
            if mark.phase == "containment" and view.choice is not None:
                told = _containment(view.status.containment, view.choice.label, named)
            needed = mark.state == "current" or mark.phase == "containment"
            detail = f" {told}" if told and (detailed or needed) else ""
            line.append((f"{PHASE_WORDS[mark.phase][:letters]} {sign}{detail}", role))
            line.append(("  ", "text"))
        line.pop()
        if width(tuple(line)) <= cells:
            break
    seen = _seen_before(view)
    if seen and width(tuple(line)) + text_width(seen) + 4 <= cells:
        line.append((f"    {seen}", "text"))
    return fit(tuple(line), cells)


def _seen_before(view: View) -> str:
    """'seen before: 3 Nov, segment off: BR, 14 min', of the likest earlier incident."""
    if not view.seen:
        return ""
    likest = view.seen[0]
    took = "" if likest.took is None else f", {duration(likest.took)}"
    return f"seen before: {short_day(likest.began)}, {likest.done or 'nothing chosen'}{took}"


def _containment(state: str, label: str, named: bool) -> str:
    """Chosen or executed, whatever the phase; without the option's name where it is narrow."""
    return state if named else state.removeprefix(f"{label} ").removeprefix("chosen, ")


def header(
    view: View | None, play: Playhead, cells: int, service: str, impact: int = 1
) -> list[Line]:
    """The lines above every screen; while we look back, that stands in place of the phases."""
    back = banner(play)
    return [
        status_line(view, play, cells, service),
        *impact_lines(view, cells, impact),
        fit(plain(f" {back}", "accent"), cells) if back else phase_line(view, cells),
    ]
