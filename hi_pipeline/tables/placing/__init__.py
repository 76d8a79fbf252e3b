"""How published figures come to stand on a footprint: a module each, named in ``registry``."""
