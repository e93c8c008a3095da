"""The alert rule, looked at each second on what was scraped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scenarios import AlertRule
from scrape import Row


@dataclass
class AlertWatch:
    """Holds the moment a rule fired and the value it fired at; `scale` shortens its times."""

    rule: AlertRule
    scale: float = 1.0
    fired_at: datetime | None = None
    value: float = 0.0
    over_since: datetime | None = None

    def look(self, now: datetime, rows: list[Row]) -> None:
        """Fire once the metric has been over its threshold for the rule's time without a break."""
        wanted = (self.rule.metric, "", self.rule.region)
        seen = [row.value for row in rows if (row.name, row.version, row.region) == wanted]
        if self.fired_at or not seen:
            return
        if seen[0] <= self.rule.threshold:
            self.over_since = None
            return
        self.over_since = self.over_since or now
        if now - self.over_since >= timedelta(minutes=self.rule.for_minutes * self.scale):
            self.fired_at, self.value = now, seen[0]
