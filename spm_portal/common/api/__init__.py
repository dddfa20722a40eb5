"""What every part of the API is made of: scoped views, pages of rows, errors in words, its schema."""
