"""What each option would do under each fault, by simulation."""
