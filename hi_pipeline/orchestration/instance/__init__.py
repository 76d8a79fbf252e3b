"""Dagster's instance of a data root: its dagster.yaml, records, launchers, and mending after a crash."""
