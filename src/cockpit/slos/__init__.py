"""Promises that a team has written elsewhere, OpenSLO and Sloth files, as objectives of cockpit."""

from cockpit.slos.files import read_promises
from cockpit.slos.objectives import Adopted, adopt
from cockpit.slos.promise import Left, Promise

__all__ = ["Adopted", "Left", "Promise", "adopt", "read_promises"]
