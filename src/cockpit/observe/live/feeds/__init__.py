"""Feeds of changes and reports: a file that grows, an address others post to, a cluster."""
