"""The service: traffic, errors, latency, gauges, and how fast error budgets burn."""
