"""What the counts say: pure functions from tables of counts to estimates."""
