"""Reference data of a year: practices, small areas, population, deprivation, and who came from whom."""
