"""Figures against a benchmark, over time, and against each other's change."""
