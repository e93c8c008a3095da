"""How far scores and features are from the reference, and what moved."""
