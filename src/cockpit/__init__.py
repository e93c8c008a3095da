"""cockpit: decide what to do about a misbehaving model, in numbers, at 3 a.m."""

__version__ = "0.1.0"
