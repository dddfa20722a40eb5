"""Reads of the reporting app: catalogues, returns, boards and releases."""
