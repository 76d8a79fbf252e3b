"""Keeping an installation going: its health, its copies, what may be removed, and who is told. No Dagster."""
