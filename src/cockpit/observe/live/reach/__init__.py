"""Whether each source of a configuration is there: one cheap question to each, all at once."""

from cockpit.observe.live.reach.asking import ask_sources

__all__ = ["ask_sources"]
