"""Reads of background work on releases."""

from django.conf import settings
from django.db.models import QuerySet

from members.models import Association
from reporting.models import Release
from spm_portal.common.models import Job, JobState

REPORT_KINDS = {
    "pdf": "association_report",
    "docx": "association_report_docx",
    "xlsx": "association_report_xlsx",
}
"""The kinds of job that make the association report, by the form of their file."""

FORM_NAMES = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
"""What people call the forms: names that are the same in every language."""

REPORT_KIND = REPORT_KINDS["pdf"]
_FORMS = {kind: form for form, kind in REPORT_KINDS.items()}


def form_of(job: Job) -> str:
    """The form of the file that a report job makes: pdf, docx or xlsx."""
    return _FORMS[job.kind]


def file_words(job: Job) -> str:
    """What a report job makes: the form of the file and the name of its language, such as "Word, English"."""
    language = str(job.args["language"])
    return f"{FORM_NAMES[form_of(job)]}, {dict(settings.LANGUAGES).get(language, language)}"


def report_jobs(association: Association) -> QuerySet[Job]:
    """The association's report jobs; who may see one follows from its release."""
    return Job.objects.filter(association_id=association.pk, kind__in=_FORMS)


def reports_of(release: Release, *, everything: bool) -> list[tuple[Job, str]]:
    """The reports of a release with their form and language: the finished ones, or also those under way."""
    jobs = Job.objects.filter(kind__in=_FORMS, args__release=str(release.pk)).order_by("created_at")
    if not everything:
        jobs = jobs.filter(state=JobState.DONE)
    return [(job, file_words(job)) for job in jobs]
