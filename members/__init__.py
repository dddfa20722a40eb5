"""Who takes part: people, associations, institutions, donors, roles, consents."""
