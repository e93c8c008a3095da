"""Who answers for the service, who is asked, and who is called."""

from __future__ import annotations

from cockpit.config.base import Settings
from cockpit.config.sources import Secret


class Stakeholder(Settings, kw_only=True):
    """Who is asked for what."""

    ask: str  # for what
    owner: str  # by name or role
    default: str = ""  # what happens without an answer


class Owner(Settings, kw_only=True):
    """Whose service it is."""

    team: str = ""  # owns what is not known where no commander is named
    commander: str = ""  # owns what is not known, on the screen and in briefings
    # who alone may clear a safety, privacy or data-loss mark; empty: anyone who gives a name
    compliance: str = ""


class PagerDuty(Settings, kw_only=True):
    """The paging service."""

    routing_key: Secret | None = None  # not read yet: where the key is kept


class Escalation(Settings, kw_only=True):
    """Who is called when it is serious; the severity policy says when."""

    # whom to call, in which order, as it is printed when safety is marked: "on-call +49 …"
    tree: list[str] = []
    pagerduty: PagerDuty | None = None  # not read yet: the service that pages
