"""Who is told what: one digest for each publication of figures, one message for each failed run."""
