"""Counting how often a language version is fetched: one number per version and month, and nobody's name.

It is counted when the file is asked for, since no other request follows: one UPDATE that adds to what stands there,
so that two readers at once are both counted and nobody waits; nothing that readers see changes by it.
"""

from datetime import datetime

from django.db.models import F

from training.models import DownloadCount, WorkVersion


def count_download(*, version: WorkVersion, at: datetime) -> None:
    """Count one more in the month of `at`."""
    month = at.date().replace(day=1)
    counts = DownloadCount.objects.filter(version=version, month=month)
    if counts.update(count=F("count") + 1):
        return
    DownloadCount.objects.bulk_create(
        [DownloadCount(association_id=version.association_id, version=version, month=month)],
        ignore_conflicts=True,
    )
    counts.update(count=F("count") + 1)
