"""Prediction logs that grow: files read as they are written, counted as an import counts them."""
