"""Dagster's web interface behind a guard."""
