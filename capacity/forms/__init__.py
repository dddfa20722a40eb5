"""Forms of the capacity app."""
