"""What is on the list and not computed by itself: each module holds ``LISTED``, the entries of one area."""
