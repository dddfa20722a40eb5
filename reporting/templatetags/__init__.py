"""Template tags of the reporting app."""
