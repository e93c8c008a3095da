"""What was measured, arranged for deciding."""
