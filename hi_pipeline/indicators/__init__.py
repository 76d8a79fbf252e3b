"""Result rows from counts: the catalogue, the one computation, and what is said of all results together."""
