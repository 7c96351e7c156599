"""Source attributes and the basis for review, for each series."""
