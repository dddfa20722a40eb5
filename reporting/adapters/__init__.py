"""Readers of foreign files: bytes in, checked rows in the terms of the catalogue out. Pure."""
