"""What may be wrong: fault hypotheses, their signs, and how likely each is."""
