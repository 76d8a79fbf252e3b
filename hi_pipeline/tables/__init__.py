"""The linked tables: counts of indicators on the footprints of a year, and what they are placed and divided by."""
