"""Servers with the HTTP API of Prometheus: gauges, counters, alerts and changes that they tell."""
