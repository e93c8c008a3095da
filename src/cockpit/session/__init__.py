"""One open incident: the only door through which the interface and the commands reach the rooms."""

from cockpit.session.session import Session

__all__ = ["Session"]
