"""Tags and filters of the capacity app."""
