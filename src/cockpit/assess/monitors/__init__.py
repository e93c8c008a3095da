"""Watched without pause: alarms that hold however often they are looked at."""
