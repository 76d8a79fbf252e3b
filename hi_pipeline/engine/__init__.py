"""What to build, building it, judging it. Plain functions: no Dagster."""
