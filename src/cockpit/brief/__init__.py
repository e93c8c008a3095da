"""Words: the facts of an incident told to an audience."""
