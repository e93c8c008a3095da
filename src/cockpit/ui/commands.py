"""The commands of the `:` line: their names, help, completion and what each does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.records import DAY, BadInput
from cockpit.signs import text_of
from cockpit.text import inert
from cockpit.ui.clock import LiveClock
from cockpit.ui.keeping import export
from cockpit.units import clock, parse_duration, parse_instant
from cockpit.views import PHASES, SignState

if TYPE_CHECKING:
    from cockpit.ui.app import CockpitApp
    from cockpit.ui.screens.incident import IncidentScreen

NO_SPEED = "A running system has no speed: m, H and t look back, 0 returns to now."
AUDIENCES = ("exec", "technical")
SIGN_STATES: dict[str, SignState] = {  # as people write them
    "seen": "seen",
    "not-seen": "not seen",
    "unknown": "not measurable",
}
SEVERITIES = ("SEV0", "SEV1", "SEV2", "SEV3", "SEV4")


@dataclass(frozen=True)
class Command:
    """One command: `usage` after its name, what it does, how it runs, and what may follow it."""

    name: str
    usage: str
    help: str
    run: Callable[[IncidentScreen, str], None]
    words: Callable[[CockpitApp], tuple[str, ...]] = lambda app: ()


def to_time(app: CockpitApp, text: str, inside: bool = True) -> int:
    """'02:51', '2026-11-03T02:51:10Z', '+5m' or '-1h' from the clock; `inside` the recording.

    A time of day that is yet to come was yesterday's, inside a recording. Raises BadInput.
    """
    text = text.strip()
    now = app.clock.at if inside else app.clock.now
    if text[:1] in ("+", "-", "−"):
        return now + (1 if text[0] == "+" else -1) * parse_duration(text[1:].strip())
    at = parse_instant(text, near=now)
    span = app.clock.span
    if inside and at > span.end and set(text) <= set("0123456789:"):
        at -= DAY
    if inside and not span.start <= at <= span.end:
        raise BadInput(f"'{inert(text, 40)}' is outside the recording; , and . go to its events")
    return at


def _goto(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    app.travel(app.clock.gone_to(to_time(app, text)))


def _note(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    said = "Noted; z undoes it."
    app.act(lambda: app.session.note(text, app.clock.now), said, decides=False)


def _onset(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    began = to_time(app, text)
    said = f"It began at {clock(began)} UTC; z undoes it."
    app.act(lambda: app.session.mark_onset(began, app.clock.now), said)


def _severity(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    level, _, reason = text.partition(" ")
    app.act(
        lambda: app.session.set_severity(level.upper(), reason.strip(), app.clock.now),
        f"Severity set to {level.upper()}.",
    )


def _phase(screen: IncidentScreen, text: str) -> None:
    if text not in PHASES:
        raise BadInput(f"'{inert(text, 40)}' is no phase; there are {', '.join(PHASES)}")
    screen.to_phase(text)


def _set(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    key, _, value = text.partition(" ")
    value = value.strip().removeprefix("=").strip()
    if not value:
        raise BadInput("set takes a key and a value, as in: set options.canary.share 10%")
    said = f"{key} = {value} from now on; z undoes it."
    app.act(lambda: app.session.set_value(key, value, app.clock.now), said)


def _set_words(app: CockpitApp) -> tuple[str, ...]:
    return tuple(a.key for a in app.view.options.assumptions) if app.view is not None else ()


def _evidence(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    sign, said, reason = (*text.split(maxsplit=2), "", "", "")[:3]
    if said not in SIGN_STATES:
        raise BadInput(f"say of '{inert(sign, 40)}' one of: {', '.join(SIGN_STATES)}; then why")
    state = SIGN_STATES[said]
    app.act(
        lambda: app.session.override_evidence(sign, state, reason, app.clock.now),
        f"'{text_of(sign)}' is {state} from now on; z undoes it.",
    )


def _evidence_words(app: CockpitApp) -> tuple[str, ...]:
    signs = app.view.options.signs if app.view is not None else []
    return tuple(f"{sign.id} {state}" for sign in signs for state in SIGN_STATES)


def _theme(screen: IncidentScreen, text: str) -> None:
    screen.cockpit.use_theme(text)


def _export(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    audience, _, path = (text or "exec").partition(" ")
    if audience not in AUDIENCES:
        raise BadInput(f"'{inert(audience, 40)}' is no audience; there are {', '.join(AUDIENCES)}")
    at = app.clock.now

    def work() -> Path:
        target = Path(path.strip()).expanduser() if path.strip() else None
        return app.session.export(audience, app.session.draft(audience, at), target, at)

    export(app, work)


def _clear(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    by, _, reason = text.partition(" ")
    app.act(
        lambda: app.session.clear_flag(by, reason.strip(), app.clock.now), "The mark is cleared."
    )


def _speed(screen: IncidentScreen, text: str) -> None:
    app = screen.cockpit
    if isinstance(app.clock, LiveClock):
        raise BadInput(NO_SPEED)
    try:
        speed = float(text.rstrip("×x"))
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 3600:
        raise BadInput(f"'{inert(text, 40)}' is no speed; write a number from 0.1 to 3600")
    app.travel(app.clock.at_speed(speed))


def _declare(screen: IncidentScreen, text: str) -> None:
    screen.declare(text)


def _resolve(screen: IncidentScreen, text: str) -> None:
    screen.resolve(text)


def _silence(screen: IncidentScreen, text: str) -> None:
    alert, length, comment = (*text.split(maxsplit=2), "", "", "")[:3]
    if not length:
        raise BadInput("silence takes an alert and a time, as in: silence Slow 1h because known")
    screen.silence(alert, length, comment.removeprefix("because").strip())


def _silence_words(app: CockpitApp) -> tuple[str, ...]:
    """The names of the alerts told of, the newest first."""
    told = app.view.timeline if app.view is not None else []
    newest = [entry.text for entry in reversed(told) if entry.kind in ("page", "alert")]
    return tuple(dict.fromkeys(text.split()[0].rstrip(":") for text in newest if text.strip()))


def _services(screen: IncidentScreen, text: str) -> None:
    screen.action_services()


def _sources(screen: IncidentScreen, text: str) -> None:
    screen.show_sources()


def _quit(screen: IncidentScreen, text: str) -> None:
    screen.cockpit.leave()


def _help(screen: IncidentScreen, text: str) -> None:
    screen.action_help()


def _brief(screen: IncidentScreen, text: str) -> None:
    screen.action_briefing()


COMMANDS: tuple[Command, ...] = (
    Command(
        "export",
        "[exec|technical] [FILE]",
        "write the briefing and say where",
        _export,
        lambda app: AUDIENCES,
    ),
    Command("note", "TEXT", "a time-stamped note", _note),
    Command("goto", "TIME", "go to 02:51, +5m or -1h", _goto),
    Command("onset", "TIME", "say when it began: T+ counts from there", _onset),
    Command("speed", "N", "replay N times as fast as it was", _speed),
    Command(
        "severity",
        "SEVn REASON",
        "confirm, raise or lower the severity",
        _severity,
        lambda app: SEVERITIES,
    ),
    Command("set", "KEY VALUE", "another value of what is assumed", _set, _set_words),
    Command(
        "evidence",
        "SIGN STATE REASON",
        "say that a sign is there, or is not",
        _evidence,
        _evidence_words,
    ),
    Command("phase", "NAME", "enter a phase", _phase, lambda app: PHASES),
    Command("declare", "[TITLE]", "begin an incident of what runs now", _declare),
    Command("resolve", "REASON", "end it and seal its file; asks once more", _resolve),
    Command(
        "silence",
        "ALERT TIME REASON",
        "shows what that does, then silences it",
        _silence,
        _silence_words,
    ),
    Command("services", "", "go to another service", _services),
    Command("sources", "", "which sources fail, and why", _sources),
    Command(
        "clear-flag", "WHO REASON", "the owner says that the safety mark no longer holds", _clear
    ),
    Command(
        "theme", "NAME", "change the colours", _theme, lambda app: tuple(sorted(app.themes.by_name))
    ),
    Command("brief", "", "the briefing's editor", _brief),
    Command("help", "", "the keys", _help),
    Command("quit", "", "leave", _quit),
)


def complete(app: CockpitApp, text: str) -> list[str]:
    """Whole lines that go on from `text`."""
    name, space, rest = text.partition(" ")
    if not space:
        return [command.name for command in COMMANDS if command.name.startswith(name)]
    command = next((c for c in COMMANDS if c.name == name), None)
    if command is None:
        return []
    return [f"{name} {word}" for word in command.words(app) if word.startswith(rest)]


def run_command(screen: IncidentScreen, text: str) -> None:
    """Run one line; what cannot be done is said in one line. A unique beginning is enough."""
    name, _, rest = text.strip().partition(" ")
    found = [c for c in COMMANDS if c.name == name] or [
        c for c in COMMANDS if c.name.startswith(name)
    ]
    if len(found) != 1:
        known = ", ".join(c.name for c in found or COMMANDS)
        screen.cockpit.say(f"'{inert(name, 40)}' is no command; there are {known}")
        return
    try:
        found[0].run(screen, rest.strip())
    except BadInput as error:
        screen.cockpit.say(str(error))
