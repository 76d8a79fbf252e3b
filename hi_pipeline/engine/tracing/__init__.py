"""A published figure explained: its arithmetic, its limits, and the publisher's rows behind it."""
