"""What stands on the pages of a pack."""
