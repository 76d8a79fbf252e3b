"""What a kind of figure computes: a module each, of the kind's name, that holds ``STATISTICS``."""
