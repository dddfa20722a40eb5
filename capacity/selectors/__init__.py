"""Reads of the capacity app: frameworks, assessments, plans and support."""
