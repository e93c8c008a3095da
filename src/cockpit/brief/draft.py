"""A view, told to an audience: the markdown a person goes on editing and then exports."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.brief import executive, technical
from cockpit.brief.audiences import Audience, audience
from cockpit.brief.render import render, template_of
from cockpit.config import Config
from cockpit.reading import words
from cockpit.records import Event
from cockpit.views import View


def draft(
    view: View, audience_name: str, config: Config, *, previous_export: Event | None = None
) -> str:
    """Markdown for 'exec' or 'technical', as long as its reader has time for.

    `previous_export` is the journal entry of the last brief exported for the same audience: when
    fewer people are affected than it said, the new one says so. Raises BadInput for an audience
    there is not.
    """
    to = audience(audience_name)
    source, text = template_of(to), ""
    most = executive.MOST_WORDS if to == "exec" else technical.MOST_WORDS
    for brief in _from_long_to_short(view, to, config, previous_export):
        text = render(source, f"templates/{to}.md.j2", brief)
        if words(text) <= most:
            break
    return text


def _from_long_to_short(
    view: View, to: Audience, config: Config, previous_export: Event | None
) -> Iterator[executive.ExecutiveBrief | technical.TechnicalBrief]:
    if to == "exec":
        for limits in executive.LIMITS:
            yield executive.executive_brief(view, config, limits, previous_export)
    else:
        for rows in technical.MOST_ROWS:
            yield technical.technical_brief(view, config, rows)
