"""Reads of background work on releases."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet

from members.models import Association
from reporting.models import Release
from spm_portal.common.models import Job, JobState

REPORT_KIND = "association_report"


def report_jobs(association: Association) -> QuerySet[Job]:
    """The association's report jobs; who may see one follows from its release."""
    return Job.objects.filter(association_id=association.pk, kind=REPORT_KIND)


def reports_of(release: Release, *, everything: bool) -> list[tuple[Job, str]]:
    """The reports of a release with the name of their language: the finished ones, or also those under way."""
    jobs = Job.objects.filter(kind=REPORT_KIND, args__release=str(release.pk)).order_by("created_at")
    if not everything:
        jobs = jobs.filter(state=JobState.DONE)
    names = dict(settings.LANGUAGES)
    return [(job, str(names.get(job.args["language"], job.args["language"]))) for job in jobs]


def is_over(job: Job) -> bool:
    """Whether nothing more will happen to a job by itself."""
    return job.state in _OVER


_OVER: Iterable[str] = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
