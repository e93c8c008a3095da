"""How a figure was made and where it comes from, found in the view by the cursor's item."""

from __future__ import annotations

from cockpit.numbers import probability
from cockpit.records import Burn, Drift, Estimate, Monitor, Window
from cockpit.ui.figures import item_of, judgement, name_of, number, sample, value_text
from cockpit.ui.lines import Line, pad, plain, sentence
from cockpit.ui.option_derivation import option_lines
from cockpit.units import clock, day, duration
from cockpit.views import RecordingInfo, View


def window_text(window: Window) -> str:
    """'02:40:00 to 02:51:00 UTC (11 min)'."""
    length = duration(window.end - window.start)
    return f"{clock(window.start, True)} to {clock(window.end, True)} UTC ({length})"


def _pairs(pairs: list[tuple[str, str]], cells: int) -> list[Line]:
    lines: list[Line] = []
    for name, text in pairs:
        if text:
            for index, piece in enumerate(sentence(text, cells - 14, 4)):
                lines.append(((pad(name if index == 0 else "", 14), "dim"), *piece))
    return lines


def estimate_of(view: View, item: str) -> Estimate | None:
    """The estimate an item names."""
    model, infra = view.model, view.infra
    pool = [
        *model.metrics,
        *model.segments,
        *model.against,
        *model.estimated,
        *model.gaps,
        *infra.metrics,
        *infra.by_version,
        *infra.against,
        *view.impact.evidence,
    ]
    return next((e for e in pool if item_of(e) == item), None)


def drift_of(view: View, item: str) -> Drift | None:
    """The drift figure an item names."""
    return next(
        (d for d in view.model.drift if f"drift:{d.feature}:{d.segment or ''}" == item), None
    )


def derivation(view: View, item: str, cells: int) -> list[Line]:
    """Which counts, which window, which formula, which assumption."""
    estimate = estimate_of(view, item)
    if estimate is not None:
        return _estimate(estimate, cells)
    drift = drift_of(view, item)
    if drift is not None:
        return _drift(view, drift, cells)
    for monitor in (*view.model.monitors, *view.infra.monitors):
        if item == f"monitor:{monitor.id}":
            return _pairs(_monitor(monitor), cells)
    for burn in view.infra.burns:
        if item == f"burn:{burn.objective}:{burn.threshold:g}":
            return _pairs(_burn(burn), cells)
    kind, _, name = item.partition(":")
    return option_lines(view, kind, name, cells) or _entry(view, item, cells)


def _estimate(estimate: Estimate, cells: int) -> list[Line]:
    baseline = estimate.baseline
    compared = ""
    if baseline is not None and baseline.value is not None:
        compared = f"{baseline.what}: {number(baseline.value, estimate.unit)}"
        if baseline.low is not None and baseline.high is not None:
            low, high = number(baseline.low, estimate.unit), number(baseline.high, estimate.unit)
            compared += f" [{low}, {high}]"
        compared += f", now {judgement(estimate)}" if judgement(estimate) else ""
    looks = "for one look" if estimate.interval == "fixed" else "however often looked at"
    level = f"{estimate.level:.0%}, {looks}" if estimate.low is not None else ""
    pairs = [
        ("value", f"{name_of(estimate)} {value_text(estimate)}"),
        ("of", ", ".join(filter(None, (estimate.version, estimate.segment)))),
        ("interval", level),
        ("verdict", estimate.verdict),
        ("promise", "" if estimate.missed is None else _missed(estimate.missed)),
        ("in words", estimate.sentence),
        ("compared with", compared),
        ("sample", sample(estimate)),
        ("window", window_text(estimate.window)),
        ("made from", estimate.source),
    ]
    return _pairs(pairs, cells)


def _missed(chance: float) -> str:
    return f"missed with a chance of {probability(chance)}"


def _monitor(monitor: Monitor) -> list[tuple[str, str]]:
    seldom = ""
    if monitor.run_length is not None:
        seldom = f"without cause about once in {duration(monitor.run_length)}, or more seldom"
    return [
        ("in words", monitor.sentence),
        ("held true", monitor.null),
        ("evidence", f"{monitor.evidence:,.3g}; an alarm at {monitor.threshold:,.3g}"),
        ("alarm", "none" if monitor.alarm_at is None else f"{clock(monitor.alarm_at, True)} UTC"),
        ("false alarms", seldom or f"at most 1 in {monitor.threshold:,.0f} such watches"),
        ("method", monitor.kind),
        ("sample", f"n {monitor.n:,}"),
        ("watched since", f"{clock(monitor.start, True)} UTC"),
        ("made from", monitor.source),
    ]


def _burn(burn: Burn) -> list[tuple[str, str]]:
    def told(rate: Estimate) -> str:
        return f"{value_text(rate)} over {window_text(rate.window)}, {sample(rate)}"

    sure = "" if burn.certainty is None else probability(burn.certainty)
    return [
        ("objective", burn.objective),
        ("in words", burn.sentence),
        ("long window", told(burn.long)),
        ("short window", told(burn.short)),
        ("threshold", f"{burn.threshold:g}× the rate that spends the budget in its period"),
        ("both over it", sure),
        ("gone in", "" if burn.left is None else duration(burn.left)),
    ]


def _drift(view: View, drift: Drift, cells: int) -> list[Line]:
    def figure(value: float | None) -> str:
        return "not known" if value is None else number(value)

    bounds = ""
    if drift.low is not None and drift.high is not None:
        bounds = f" [{number(drift.low)}, {number(drift.high)}]"
    pairs = [
        ("feature", drift.feature + (f" in {drift.segment}" if drift.segment else "")),
        ("class", drift.drift_class),
        ("in words", drift.sentence or drift.reason),
        (
            "PSI",
            f"{figure(drift.psi)} as counted; "
            f"{figure(drift.psi_corrected)}{bounds} without its sampling bias",
        ),
        (
            "null line",
            f"PSI {figure(drift.null_line)}, KL {figure(drift.kl_null_line)}: 99 of 100"
            " windows without drift stay under it",
        ),
        (
            "chance",
            ""
            if drift.p_value is None
            else f"{probability(drift.p_value)} that so much "
            "comes by itself, counting every feature looked at",
        ),
        ("changes", "; ".join(drift.changes)),
        ("KL, JS", f"{figure(drift.kl)}, {figure(drift.js)} nats"),
        ("importance", f"{number(drift.importance)} in the order of the list"),
        ("sample", f"n {drift.n:,} against the reference's counts, on the reference's bins"),
        ("missing", f"{number(drift.missing_share, 'share')} of rows"),
        (
            "never seen",
            f"{number(drift.unseen_share, 'share')} of rows hold a value the reference has not",
        ),
        ("window", window_text(view.window)),
    ]
    return _pairs(pairs, cells)


def _entry(view: View, item: str, cells: int) -> list[Line]:
    kind, _, name = item.partition(":")
    if kind == "event":
        entry = next((e for e in view.timeline if e.id == name), None)
        if entry is not None:
            pairs = [
                ("happened", f"{day(entry.at)} {clock(entry.at, True)} UTC"),
                ("known", f"{day(entry.observed_at)} {clock(entry.observed_at, True)} UTC"),
                ("kind", entry.kind),
                ("who", entry.who),
                ("text", entry.text),
                ("entry", entry.id + (", undone later" if entry.undone else "")),
            ]
            return _pairs(pairs, cells)
    if kind == "change":
        change = next((c for c in view.infra.changes if f"{c.at}:{c.kind}" == name), None)
        if change is not None:
            onset = view.status.onset
            since = ""
            if onset is not None:
                side = "before" if change.at <= onset else "after"
                since = f"{duration(change.at - onset)} {side} the onset"
            pairs = [
                ("when", f"{clock(change.at, True)} UTC"),
                ("kind", change.kind),
                ("text", change.text),
                ("fit", change.fit),
                ("distance", since),
            ]
            return _pairs(pairs, cells)
    return [plain("This line is a sentence, not a figure; its figures are in panes 1 to 4.", "dim")]


def source(view: View, item: str, recording: RecordingInfo, cells: int) -> list[Line]:
    """Where the figure comes from: file, moment, window and the identity of the number."""
    estimate = estimate_of(view, item)
    pairs = [
        ("recording", recording.path),
        ("content", recording.content_id),
        ("looked at", f"{day(view.at)} {clock(view.at, True)} UTC"),
        ("as of", f"{clock(view.as_of, True)} UTC: nothing observed later is in it"),
        ("window", window_text(estimate.window if estimate else view.window)),
    ]
    if estimate is not None:
        which = ", ".join(
            part for part in (estimate.version, estimate.role, estimate.segment) if part
        )
        pairs += [
            ("figure", estimate.id),
            ("of", which),
            ("counted from", estimate.source),
            ("taken at", f"{clock(estimate.taken_at, True)} UTC"),
        ]
    return _pairs(pairs, cells)
