"""Forms of the training area."""
