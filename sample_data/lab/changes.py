"""The stack's file of changes: what was deployed and switched, as the team's tools would log it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from times import rfc3339


class Changes:
    """A file of JSON lines that grows; a line may be written some time after what it tells of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._untold: list[tuple[datetime, dict[str, str]]] = []
        path.touch()

    def tell(self, kind: str, text: str, *, minutes_later: float = 0.0, **details: str) -> None:
        """Write a line about something that happened now; `details` are version or segment."""
        now = datetime.now(UTC)
        due = now + timedelta(minutes=minutes_later)
        line = {"time": rfc3339(now), "kind": kind, "text": text, **details}
        if minutes_later > 0:
            line["observed_at"] = rfc3339(due)
        self._untold.append((due, line))
        self.write_due()

    def write_due(self) -> None:
        """Write the lines whose time has come."""
        now = datetime.now(UTC)
        due = [entry for entry in self._untold if entry[0] <= now]
        self._untold = [entry for entry in self._untold if entry[0] > now]
        with self._path.open("a", encoding="utf-8") as file:
            for _, line in sorted(due, key=lambda entry: entry[0]):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
