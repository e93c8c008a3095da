"""How bad it is, by a policy written as data."""
