"""What members report: catalogue, rounds, returns, review, releases, reports."""
