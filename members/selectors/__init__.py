"""Reads of the members app."""
