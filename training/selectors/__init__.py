"""Reads of the training area."""
