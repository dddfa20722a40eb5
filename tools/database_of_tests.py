"""The empty database that every test process copies: making its tables from the migrations takes half a minute."""

import os
import sys

NAME = "test_spm_portal_template"


def make() -> None:
    """Make it anew, exactly as a test process would make its own."""
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    leave_cleaning_to_the_tests()
    connection.close()  # a database that somebody uses cannot be copied


def leave_cleaning_to_the_tests() -> None:
    """Keep PostgreSQL from cleaning tables by itself, in the copies too: `tests/plugins/sweeping.py` says why."""
    from django.db import connection

    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(name)} SET (autovacuum_enabled = false)")


def drop() -> None:
    """Remove it."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(NAME)} WITH (FORCE)")


def main(arguments: list[str]) -> int:
    """``python -m tools.database_of_tests make|drop``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm_portal.settings")
    import django
    from django.db import connection

    django.setup()
    connection.settings_dict["TEST"]["NAME"] = NAME
    {"make": make, "drop": drop}[arguments[0]]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
