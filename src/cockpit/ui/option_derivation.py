"""How the figures of the containment table and the pages behind it were made."""

from __future__ import annotations

from cockpit.numbers import count, probability
from cockpit.ui.figures import minutes_text, number
from cockpit.ui.lines import EMPTY, Line, pad, sentence
from cockpit.views import Figure, Flip, Hypothesis, OptionRow, OptionTable, View, Worth

_NAME = 16  # cells for the name of a figure


def option_of(view: View, name: str) -> OptionRow | None:
    """The option of that name."""
    return next((row for row in view.options.rows if row.id == name), None)


def option_lines(view: View, kind: str, name: str, cells: int) -> list[Line] | None:
    """What stands behind an item of pane 4 or its pages; None where it is no such item."""
    table, option = view.options, option_of(view, name)
    if option is not None and kind in ("option", "until", "promise", "under"):
        told = {"option": _option, "until": _until, "promise": _promises}.get(kind)
        return told(option, cells) if told else _under(option, table, cells)
    if kind == "fault":
        found = next((fault for fault in table.hypotheses if fault.id == name), None)
        return _fault(found, cells) if found else None
    if kind == "flip" and int(name) < len(table.flips):
        return _flip(table.flips[int(name)], cells)
    if kind == "worth":
        worth = next((worth for worth in table.unknowns if worth.id == name), None)
        return _worth(worth, cells) if worth else None
    return _assumption(table, name, cells) if kind == "assumption" else None


def _option(option: OptionRow, cells: int) -> list[Line]:
    lines: list[Line] = sentence(option.sentence, cells, 3) if option.sentence else []
    if option.blocked:
        lines += sentence(f"! blocked: {option.blocked}", cells, 2, "bad")
    for warning in option.warnings:
        lines += sentence(f"! {warning}", cells, 3, "watch")
    if option.irreversible:
        lines += sentence(f"cannot be undone: {option.irreversible}", cells, 2, "bad")
    for name, figure in (
        ("quality", option.quality),
        ("p95 after", option.latency_p95),
        ("p99 after", option.latency),
        ("bad path", option.exposed),
        ("wrong next h", option.wrong),
        ("effect", option.effect),
        ("undo", option.undo),
    ):
        lines += _figure(name, figure, cells)
    if option.best is not None:
        lines += _told("best", probability(option.best), cells)
        lines += _step("share of the draws in which no other option does less harm", cells)
    lines += [*_promises(option, cells), *_until(option, cells)]
    if option.expected:
        lines += [EMPTY, *sentence(f"Expected: {option.expected}", cells, 2)]
    return lines


def _until(option: OptionRow, cells: int) -> list[Line]:
    lines = _figure("until resolved", option.until, cells)
    lines += _figure("harm", option.harm, cells)
    for name, value, meaning in (
        ("worst tenth", option.tail, "mean of the worst tenth of the draws (CVaR 90)"),
        ("over the best", option.regret, "mean of what it does beyond the best of each draw"),
    ):
        if value is not None:
            lines += [*_told(name, count(value), cells), *_step(meaning, cells)]
    lines += _figure("users", option.exposed_users, cells)
    for budget in option.budget:
        lines += _figure("error budget", budget, cells)
    return lines + _figure("given up", option.improvement, cells)


def _promises(option: OptionRow, cells: int) -> list[Line]:
    lines: list[Line] = []
    for promise in option.promises:
        chances = [
            f"{probability(chance)} at {when} min"
            for when, chance in ((15, promise.in_15), (60, promise.in_60))
            if chance is not None
        ]
        bound = "" if promise.within is None else f" (≤ {promise.within:,.0f} ms)"
        lines += _told("promise", promise.objective + bound, cells)
        lines += _step(", ".join(chances) or promise.reason or "unknown", cells)
    return lines


def _under(option: OptionRow, table: OptionTable, cells: int) -> list[Line]:
    lines: list[Line] = [((option.label, "strong"),)]
    for fault in table.hypotheses:
        if figure := option.by_fault.get(fault.id):
            lines += _figure(fault.id, figure, cells)
    return lines + _figure("overall", option.harm, cells)


def _fault(fault: Hypothesis, cells: int) -> list[Line]:
    lines = _told(fault.id, f"{fault.label}: {probability(fault.probability)}", cells)
    lines += _step(
        f"{probability(fault.prior)} beforehand, times the ratio of each sign, so that all "
        "faults together make 100 %",
        cells,
    )
    for piece in fault.evidence:
        lines += _step(piece, cells)
    return lines


def _flip(flip: Flip, cells: int) -> list[Line]:
    lines = _told("value", flip.input, cells)
    lines += _told("now", number(flip.now), cells)
    lines += _told("flips at", number(flip.at), cells)
    lines += _step("found by halving, all else as it is, on the same draws", cells)
    return lines + sentence(flip.sentence, cells, 3)


def _worth(worth: Worth, cells: int) -> list[Line]:
    lines = _told("not known", worth.text, cells)
    if worth.perfect is not None:
        lines += _told("if known", f"spares {count(worth.perfect)} missed positives", cells)
        lines += _step(
            "expected value of knowing it exactly (EVPPI): the least expected harm now, less the "
            "mean of the least harm once it is known",
            cells,
        )
    if worth.probe is not None:
        lines += _told("next look", f"spares {count(worth.probe)} missed positives", cells)
        lines += _step("expected value of what that look would show (EVSI)", cells)
    if worth.minutes is not None:
        lines += _told("takes", minutes_text(worth.minutes), cells)
    return lines + sentence(worth.sentence, cells, 3)


def _assumption(table: OptionTable, key: str, cells: int) -> list[Line] | None:
    assumption = next((a for a in table.assumptions if a.key == key), None)
    if assumption is None:
        return None
    lines = _told("key", key, cells) + _told("value", assumption.value, cells)
    lines += _told("from", assumption.source, cells)
    tried = "at twice or half of it: " + (assumption.holds or "not tried")
    lines += _step(tried.replace(": holds", ": the ranking holds"), cells)
    return lines + sentence(f":set {key} VALUE sets it here; z undoes it.", cells, 2)


def _figure(name: str, figure: Figure, cells: int) -> list[Line]:
    mark = "  (assumed)" if figure.assumed and "assumed" not in figure.text else ""
    lines = _told(name, figure.text + mark, cells)
    for step in figure.derivation:
        lines += _step(step, cells)
    return lines


def _told(name: str, text: str, cells: int) -> list[Line]:
    found = sentence(text, cells - _NAME, 3, "strong")
    return [((pad("" if i else name, _NAME), "title"), *line) for i, line in enumerate(found)]


def _step(text: str, cells: int) -> list[Line]:
    """A line of how the figure above was made."""
    pieces = sentence(text, cells - _NAME, 3, "dim")
    return [((" " * _NAME, "text"), *piece) for piece in pieces]
