"""An outage that is over, as an incident: from logs, tables and what servers still hold."""
