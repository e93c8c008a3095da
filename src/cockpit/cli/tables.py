"""Records printed as plain text tables for people who read a command's output."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.numbers import estimate_text
from cockpit.records import Assessment, Drift, Estimate, Monitor, ReliabilityBin
from cockpit.units import clock, day, duration
from cockpit.views import (
    Earlier,
    Escalation,
    EscalationStep,
    Severity,
    TimelineEntry,
    View,
)

WIDTH = 80  # cells that any terminal has


def columns(rows: Sequence[Sequence[str]], gap: str = "  ") -> str:
    """Left-aligned columns, as wide as their widest cell."""
    from rich.cells import cell_len, set_cell_size

    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    lines = (
        gap.join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def folded(rows: Sequence[Sequence[str]], most: int = WIDTH) -> list[str]:
    """Columns in parts of at most `most` cells: each part begins with the first column."""
    from rich.cells import cell_len

    if len(rows) < 2:
        return []
    sizes = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    parts: list[list[int]] = [[0]]
    for column in range(1, len(sizes)):
        used = sum(sizes[c] + 2 for c in parts[-1])
        if used + sizes[column] > most and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(column)
    return [line for part in parts for line in ("", columns([[r[c] for c in part] for r in rows]))]


def assessment(result: Assessment) -> str:
    """Each family of figures under a line that names it; what says nothing is left out."""
    head = (
        f"as of {day(result.as_of)} {clock(result.as_of, seconds=True)} UTC, "
        f"window {clock(result.window.start)}–{clock(result.window.end)}"
    )
    drift = [_drift_row(drift) for drift in result.drift]
    reliability = [
        [f"{b.start:.3f}–{b.end:.3f}", f"{b.predicted:.4f}", _observed(b), f"{b.n:,}"]
        for b in result.reliability
    ]
    parts = [
        _estimates("metric", result.metrics),
        _estimates("version against version", result.versions),
        _estimates("told from scores alone", result.estimated),
        _estimates("segment", [e for e in result.segments if _is_telling(e)]),
        _estimates("protected group", result.gaps),
        _table(["score", "predicted", "came true", "n"], reliability),
        _table(["drift", "psi", "n", "class", "why"], drift),
        _table(["error budget"], [[burn.sentence] for burn in result.burns if burn.telling]),
        _table(["watched without pause", "alarm"], [_monitor_row(m) for m in result.monitors]),
        *([f"finding: {finding}"] for finding in result.findings),
        *([f"note: {note}"] for note in result.notes),
    ]
    return "\n".join([head, *(line for part in parts for line in part)])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """An empty line and the table; nothing where it has no rows."""
    return ["", columns([head, *rows])] if rows else []


def _estimates(what: str, found: Sequence[Estimate]) -> list[str]:
    """A row for each figure; those that cannot be had stand below, by their reason."""
    rows = [
        [e.id, estimate_text(e), f"{e.n:,}", e.verdict, e.sentence]
        for e in found
        if e.value is not None
    ]
    missing: dict[str, list[str]] = {}
    for estimate in found:
        if estimate.value is None:
            missing.setdefault(estimate.reason, []).append(estimate.id)
    left_out = [f"{reason}: {', '.join(ids)}" for reason, ids in missing.items()]
    return [*_table([what, "value", "n", "verdict", "why"], rows), *left_out]


def _is_telling(estimate: Estimate) -> bool:
    """Of the many figures of segments, those that show who is hurt; --json has all of them."""
    return estimate.version is None and estimate.name in ("worst_segment", "wrong_rate")


def _observed(found: ReliabilityBin) -> str:
    return f"{found.observed:.4f} [{found.low:.4f}, {found.high:.4f}]"


def _drift_row(drift: Drift) -> list[str]:
    psi = "–" if drift.psi_corrected is None else f"{drift.psi_corrected:.3f}"
    if drift.low is not None and drift.high is not None:
        psi += f" [{drift.low:.3f}, {drift.high:.3f}]"
    drift_class = "–" if drift.psi is None else drift.drift_class
    return [drift.feature, psi, f"{drift.n:,}", drift_class, drift.sentence or drift.reason]


def _monitor_row(monitor: Monitor) -> list[str]:
    rang = "" if monitor.alarm_at is None else clock(monitor.alarm_at, seconds=True)
    return [monitor.sentence, rang]


def severity(found: Severity, at: int) -> str:
    """The level, why, what to do, whom to call, and what misleads; `at` says what is overdue."""
    said = found.safety or ("confirmed" if found.confirmed else "proposed, not confirmed")
    lines = [f"{found.level}       {said}"]
    if found.suggested != found.level:
        lines.append(f"PROPOSED   {found.suggested}, by the evidence")
    lines += [f"WHY        {why}" for why in found.evidence]
    lines += [f"DO         {action}" for action in found.actions]
    if found.contain_by is not None:
        lines.append(f"CONTAIN    by {clock(found.contain_by)} UTC")
    lines += [f"CALL       {_call(step, at)}" for step in found.escalation]
    lines += [f"PHONE      {name}" for name in found.tree]
    every = f"every {duration(found.cadence)}" + (f"; {found.external}" if found.external else "")
    due = "" if found.update_due is None else f"due {clock(found.update_due)} UTC, "
    lines.append(f"UPDATE     {due}{every}")
    lines += [f"TRAP       {trap.text}" for trap in found.traps]
    lines += [f"MARK IF    {said}" for said in found.people_know]
    return "\n".join(lines)


def _call(step: EscalationStep, at: int) -> str:
    """'page the primary on-call at once, by 02:51 UTC – done'."""
    due = "" if step.due is None else f", by {clock(step.due)} UTC"
    late = step.due is not None and step.due < at
    return f"{step.text}{due}{' – done' if step.done else ' – OVERDUE' if late else ''}"


def escalation(found: Escalation) -> str:
    """What a mark sets going: by when to contain, whom to call, and the phone tree."""
    lines = [f"DO         {action}" for action in found.actions]
    if found.contain_by is not None:
        lines.append(f"CONTAIN    by {clock(found.contain_by)} UTC")
    lines += [f"CALL       {_call(step, step.due or 0)}" for step in found.steps]
    tree = found.tree or ["no phone tree is configured (escalation.tree)"]
    return "\n".join([*lines, *(f"PHONE      {name}" for name in tree)])


def status(view: View) -> str:
    """State, impact, known, not known, next, asks."""
    state = view.status
    severity = state.severity + ("" if state.confirmed else "?")
    since = "" if state.onset is None else f" · T+{duration(view.at - state.onset)}"
    lines = [
        f"{severity} {state.phase}{since} · containment {state.containment} · {state.service}"
        f" · {clock(view.at, seconds=True)} UTC",
        f"IMPACT     {view.impact.sentence}",
    ]
    lines += [f"KNOWN      {text}" for text in view.knowledge.known]
    lines += [f"NOT KNOWN  {u.text} {u.tells}".rstrip() for u in view.knowledge.unknown]
    lines += [f"NEXT       {text}" for text in view.knowledge.next]
    lines += [f"ASK        {ask.who}: {ask.what} – {ask.state}" for ask in view.asks]
    lines += [f"NOTE       {note}" for note in view.notes]
    return "\n".join(lines)


def timeline(entries: Sequence[TimelineEntry]) -> str:
    """One line an entry; an undone one says so."""
    rows = [
        [
            clock(entry.at, seconds=True),
            entry.kind,
            entry.who,
            entry.text + (" (undone)" if entry.undone else ""),
        ]
        for entry in entries
    ]
    return columns(rows) if rows else "nothing has been recorded yet"


def seen(found: Sequence[Earlier]) -> str:
    """One line an earlier incident, the likest first."""
    if not found:
        return "no earlier incident lies in that folder; --in names another"
    rows = [["alike", "began", "service", "done", "took", "open", "in common", "file"]]
    rows += [
        [
            f"{earlier.likeness:.0%}",
            f"{day(earlier.began)} {clock(earlier.began)}",
            earlier.service,
            earlier.done or "nothing chosen",
            "" if earlier.took is None else duration(earlier.took),
            "; ".join(earlier.open),
            ", ".join(earlier.common),
            earlier.file,
        ]
        for earlier in found
    ]
    return columns(rows)
