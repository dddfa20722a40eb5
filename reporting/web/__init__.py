"""What pages of the reporting app show, put together from selectors; no queries, no writes."""
