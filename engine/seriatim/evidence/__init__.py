"""From rules that hold to evidence: which courses, how they compare, and honest counts of them."""
