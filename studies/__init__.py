"""Simulations that measure what the statistics promise: `python -m studies NAME`."""
