"""The synthetic England from which the sources' sample writers draw: nothing in it is a real figure."""
