"""What nobody publishes: the contract of a board's own extract, what is wrong with one, and its parser."""
