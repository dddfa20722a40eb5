"""Secrets that open something to whoever holds them: made here, and kept as a hash alone."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_token() -> str:
    """A secret of 256 bits that fits into an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(token: str) -> str:
    """What is kept of a token: whoever reads the table cannot use it; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
