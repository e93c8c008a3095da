"""Measures what docs/performance.md tells: `make bench`."""
