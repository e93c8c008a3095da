"""Versions against each other: at the same time, and a shadow on the same rows."""
