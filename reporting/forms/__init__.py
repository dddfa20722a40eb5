"""Forms of the reporting app: they check what was typed and never write."""
