"""Views of the API about the library, courses, sessions, registrations and certificates."""
