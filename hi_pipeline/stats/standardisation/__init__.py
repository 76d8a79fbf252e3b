"""Rates standardised for age and sex, directly and indirectly, and the standard population."""
