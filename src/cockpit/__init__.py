"""The terminal an ML engineer opens over SSH when a model misbehaves in production."""

__version__ = "0.1.0"
