"""Keys from the database, each text read once: the rows of one return repeat the same few keys a hundred times."""

from functools import lru_cache
from uuid import UUID

# Registers its own reading of keys when it is loaded, which would otherwise come after this one.
import django.db.backends.postgresql.base  # noqa: F401
from psycopg2.extensions import new_type, register_type

TYPE_IN_POSTGRESQL = 2950  # uuid
REMEMBERED = 8192  # about a megabyte

read = lru_cache(maxsize=REMEMBERED)(UUID)


def register() -> None:
    """Let every connection of this process read its keys so."""

    def of(text: str | None, _cursor: object) -> UUID | None:
        return None if text is None else read(text)

    register_type(new_type((TYPE_IN_POSTGRESQL,), "UUID", of))
