"""Typed content of the training area's reports and files."""
