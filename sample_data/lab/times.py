"""Times as every file of the lab writes them: of one width, so that their text sorts as they do."""

from __future__ import annotations

from datetime import datetime


def rfc3339(moment: datetime) -> str:
    """A time in UTC with microseconds and a Z."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
