"""Counts hidden or rounded by their publishers: what they may be, and what must not be worked out."""
