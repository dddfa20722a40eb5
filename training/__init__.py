"""What the association gives its members: library, courses, technical assistance."""
