"""Measures of inequality between groups of people, ordered or not."""
