"""Dagster's side: assets, partitions, jobs, schedules, sensors. Nothing of what a figure is."""
