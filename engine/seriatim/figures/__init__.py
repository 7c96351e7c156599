"""Figures of an answer as SVG, each with a text alternative and a table."""
