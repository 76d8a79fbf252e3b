"""A board's pack: facts from the published tables, sentences, charts, pages, and one layout a format."""
