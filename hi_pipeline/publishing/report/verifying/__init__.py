"""A pack read back from its files and held against the published results."""
