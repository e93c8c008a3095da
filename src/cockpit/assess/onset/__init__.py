"""When it began, and which recorded change fits."""
