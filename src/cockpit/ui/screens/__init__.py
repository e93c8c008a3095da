"""The two screens: the incident, and the briefing's editor."""
