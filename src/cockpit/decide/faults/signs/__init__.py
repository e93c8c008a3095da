"""Each sign, measured: seen, looked for and not seen, or not measurable, and why."""
