"""The published folder: tables, their descriptions, coverage, attributions; and the generated pages of the docs."""
