"""Whether this process can do its work: database, migrations, queue, disk."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from spm_portal.common.jobs import oldest_waiting_seconds

WAIT_SECONDS = 300.0
DISK_BYTES = 200 * 1024 * 1024


def readiness() -> dict[str, bool]:
    """Each check by name and whether it passed; without the database the others that need it fail too."""
    checks = {"database": False, "migrations": False, "queue": False, "disk": _disk()}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["queue"] = oldest_waiting_seconds() < WAIT_SECONDS
    except DatabaseError:
        pass
    return checks


def _disk() -> bool:
    folder = settings.MEDIA_ROOT
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free > DISK_BYTES
