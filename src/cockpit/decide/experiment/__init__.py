"""How a fix is proved: sample size, stop rule, exit criteria."""
