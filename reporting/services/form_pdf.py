"""The return as a form on paper, empty or with its answers: made by a worker, since a page must not wait for it."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.models import User
from members.services.job_rights import asker_of
from reporting.datasets.form_document import FormDocument, build_form
from reporting.models import Submission
from reporting.selectors.evidence import citations_of
from reporting.selectors.form_pdf import FORM_KIND
from reporting.selectors.return_rows import WITH_ROUND, WITHOUT
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.selectors.verification import levels_mark
from reporting.services.answers import answers_sha256
from spm_portal.common import jobs
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.pdf import render_pdf
from spm_portal.common.refusal import Refused

STEPS = 2
TEMPLATE = "reporting/form/form.html"


def request_form(*, submission_id: UUID, filled: bool, language: str, by: User, at: datetime) -> Job:
    """Ask for the form of a return; the same answers asked for again on the same day give the same file.

    A file that could not be made is tried again. Raises Refused where the person may not see the return.
    """
    submission = _submission(submission_id)
    if not by.has_perm("reporting.view_return", submission):
        raise Refused(_("This return is not yours."))
    sheet = load_sheet(submission)
    # what the paper says beside the answers: its state, and until when it is due
    said = [submission.version, submission.due.at.isoformat(), f"{at:%Y-%m-%d}", language]
    if filled:
        said += [answers_sha256(sheet), len(sheet.explanations), levels_mark(sheet)]
    return jobs.request_job(
        FORM_KIND,
        by=by,
        at=at,
        args={"submission": str(submission.pk), "filled": filled, "language": language},
        association_id=submission.association_id,
        key=":".join(["form", str(submission.pk), *map(str, said)]),
        again=True,
    )


def make(job: Job, progress: Progress) -> JobResult:
    """Do one `return_form` job: the rights of the person who asked count now, not when they asked."""
    submission = _submission(UUID(job.args["submission"]))
    asker_of(job, "reporting.view_return", submission)
    language = str(job.args["language"])
    with translation.override(language):
        progress(0, STEPS, _("Reading the return"))
        document = document_of(load_sheet(submission), filled=bool(job.args["filled"]), at=job.created_at)
        progress(1, STEPS, _("Laying out the pages"))
        return JobResult(content=as_pdf(document), name=form_name(document))


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(FORM_KIND, make))


def document_of(sheet: ReturnSheet, *, filled: bool, at: datetime) -> FormDocument:
    """What the form says in the active language; of documents that the MFI keeps to itself only the year."""
    cited = {
        code: [_named(one.title, one.year, one.place) for one in citations]
        for code, citations in (citations_of(sheet.submission) if filled else {}).items()
    }
    return build_form(sheet, is_filled=filled, at=at, fingerprint=answers_sha256(sheet), cited=cited)


def _named(title: str, year: int, place: str) -> str:
    if not title:
        return _("a document of %(year)s that the MFI keeps to itself") % {"year": year}
    return f"{title} ({year}), {place}" if place else f"{title} ({year})"


def as_pdf(document: FormDocument) -> bytes:
    """The form as tagged pages in its language."""
    context = {"form": document, "time_zone": document.submission.association.time_zone}
    return render_pdf(
        render_to_string(TEMPLATE, context),
        title=document.title,
        language=document.language,
        assets={"form.css": (settings.BASE_DIR / "static" / "css" / "form.css").read_bytes()},
    )


def form_name(document: FormDocument) -> str:
    """A file name that says what it is, such as kilimo-2025-form-en.pdf."""
    submission = document.submission
    kind = "answers" if document.is_filled else "form"
    mfi = slugify(submission.institution.label) or "return"
    return f"{mfi}-{submission.round.code.lower()}-{kind}-{document.language}.pdf"


def _submission(pk: UUID) -> Submission:
    return Submission.objects.select_related(*WITH_ROUND).defer(*WITHOUT).get(pk=pk)
