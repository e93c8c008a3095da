"""A dashboard's file as panels: variables filled in, and each query asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.observe.live.source import SourceFailed
from cockpit.observe.start.grafana.files import read_dashboard
from cockpit.observe.start.grafana.panels import add_panels
from cockpit.observe.start.grafana.variables import resolve
from cockpit.text import inert

if TYPE_CHECKING:
    from pathlib import Path

    from cockpit.observe.start.proposal import Proposal
    from cockpit.observe.start.telling import Telling

_MOST_SERIES = 200  # of one panel: more are no figure that anyone reads


async def add_dashboard(
    path: Path, telling: Telling | None, interval: int, proposal: Proposal
) -> None:
    """Add the panels of a dashboard; `interval` (µs) is that of scraping. Raises BadInput."""
    dashboard = read_dashboard(path)
    title = inert(dashboard.title, 60) or inert(path.name, 60)
    values, notes = await resolve(dashboard, interval, telling, proposal.service)
    added = add_panels(dashboard, values, proposal)
    for note in notes:
        proposal.lacks(f"dashboard {title}", note)
    if telling is not None:
        added = [name for name in added if await _is_had(name, title, telling, proposal)]
    many = "panel" if len(added) == 1 else "panels"
    proposal.found.append(f"{len(added)} {many} of dashboard {title}")


async def _is_had(name: str, title: str, telling: Telling, proposal: Proposal) -> bool:
    """Whether the server computes a panel; one that it refuses is taken out, and named."""
    query = proposal.panels[name].query
    try:
        why = await telling.understands(query)
        many = 0 if why else await telling.number(f"count({query})") or 0
    except SourceFailed as failed:
        proposal.say(f"panels.{name}", f"It could not be tried: {failed}.")
        return True
    if many > _MOST_SERIES:
        why = f"{many:,.0f} series, over {_MOST_SERIES}"
    if why:
        place = proposal.about.get(f"panels.{name}", [name])[0]
        proposal.drop_panel(name)
        proposal.lacks(f"panel {place}, of dashboard {title}", why)
    elif not many:
        proposal.say(f"panels.{name}", "No series of it is there now.")
    return not why
