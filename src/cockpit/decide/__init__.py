"""What can be done about it and what each choice costs: pure functions from estimates."""
