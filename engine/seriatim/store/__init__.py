"""What was shown and what was said of it; nothing of a patient."""
