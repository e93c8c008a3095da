"""Whole incidents, simulated: what the containment table recommends, against what was true."""
