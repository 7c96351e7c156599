"""The pages a dermatologist uses."""
