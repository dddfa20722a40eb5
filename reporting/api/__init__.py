"""The API about what members report: catalogues, rounds, returns and releases; reading only, by the pages' rules."""
