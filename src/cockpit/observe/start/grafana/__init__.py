"""Grafana dashboards as panels: reading them, resolving their variables, naming what is left."""
