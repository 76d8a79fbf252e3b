"""The steps, a module a layer: clean, linked, indicator, published, packs."""
