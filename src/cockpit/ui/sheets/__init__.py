"""What opens over the incident: one small file for each thing that asks or tells something."""
