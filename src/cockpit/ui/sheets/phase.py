"""Entering a phase, with a reason where the cockpit advises against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.records import BadInput, NeedsReason
from cockpit.ui.sheets.guard import GuardSheet
from cockpit.views import Phase

if TYPE_CHECKING:
    from cockpit.ui.screens.incident import IncidentScreen


def enter_phase(screen: IncidentScreen, phase: Phase) -> None:
    """Enter `phase`, or open the guard."""
    app = screen.cockpit
    if app.hindered():
        return
    try:
        app.session.enter_phase(phase, app.clock.now)
    except NeedsReason as guard:
        screen.open_sheet(GuardSheet(f"enter {phase}?", guard, _all_the_same(screen, phase)))
    except BadInput as error:
        app.say(str(error))
    else:
        app.done(f"Entered {phase}; what was known before is kept in pane 5.", _kept_as(phase))


def _all_the_same(screen: IncidentScreen, phase: Phase) -> Callable[[str], bool]:
    app = screen.cockpit
    return lambda reason: app.act(
        lambda: app.session.enter_phase(phase, app.clock.now, reason),
        f"Entered {phase}; the reason is in the journal.",
        _kept_as(phase),
    )


def _kept_as(phase: Phase) -> str:
    return f"phase-{phase}"
