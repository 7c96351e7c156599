"""Frozen models of what Seriatim reads and answers; no I/O, no logic beyond their own shape."""
