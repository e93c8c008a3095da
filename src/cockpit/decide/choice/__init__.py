"""Which option to take, what would change that, and what finding out is worth."""
