"""Publishers' releases: those that are due, new, found, revised, accepted, and what figures say of them."""
