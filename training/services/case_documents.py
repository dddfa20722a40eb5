"""Terms of reference and contract of a case as PDF, made by a worker."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.selectors.indicator_names import names_of
from members.services.job_rights import asker_of
from members.services.paper import assets_of, logo_of
from members.services.permission import permit
from spm_portal.common import audit, jobs
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.pdf import render_pdf
from spm_portal.common.refusal import Refused
from training.models import Case
from training.selectors.case_documents import CONTRACT, DOCUMENT_KIND, TERMS
from training.selectors.cases import deliverables_of, shared

STEPS = 2
LAYOUT = 2  # goes up when a document looks or says something else, so that asking again makes a new file
PERMISSIONS = {TERMS: "training.view_case", CONTRACT: "training.contract_case"}
TEMPLATES = {
    TERMS: "training/cases/paper/terms.html",
    CONTRACT: "training/cases/paper/contract.html",
}


def request_document(*, case_id: UUID, document: str, language: str, by: User, at: datetime) -> Job:
    """Ask for a document; as long as nothing in it changed, asking again gives the same file.

    Raises PermissionDenied, ValueError for a document or language that there is not, and Refused where it is too early.
    """
    case = _case(case_id)
    if document not in PERMISSIONS or language not in dict(settings.LANGUAGES):
        raise ValueError(f"There is no document {document!r} in {language!r}.")
    forget(by)
    permit(by, PERMISSIONS[document], case)
    if not (case.objectives and case.scope):
        raise Refused(_("The terms of reference are not written yet."))
    if document == CONTRACT and case.expert is None:
        raise Refused(_("Nobody is chosen yet, so that there is no contract to write."))
    with transaction.atomic():
        job = jobs.request_job(
            DOCUMENT_KIND,
            by=by,
            at=at,
            args={"case": str(case.pk), "document": document, "language": language},
            association_id=case.association_id,
            key=f"{DOCUMENT_KIND}:{LAYOUT}:{document}:{case.pk}:{language}:{_mark(case)}",
            again=True,
        )
        audit.record(
            "case.document_requested",
            case,
            by=by,
            at=at,
            association_id=case.association_id,
            job=str(job.pk),
            document=document,
        )
    return job


def make(job: Job, progress: Progress) -> JobResult:
    """Do one job: the rights of the person who asked count now, not when they asked."""
    case, document = _case(UUID(job.args["case"])), str(job.args["document"])
    asker_of(job, PERMISSIONS[document], case)
    language = str(job.args["language"])
    with translation.override(language):
        progress(0, STEPS, _("Laying out the pages"))
        content = as_pdf(case, document, language, at=job.created_at)
        asker_of(job, PERMISSIONS[document], case)
        return JobResult(content=content, name=f"{slugify(case.number) or 'case'}-{document}-{language}.pdf")


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(DOCUMENT_KIND, make))


def as_pdf(case: Case, document: str, language: str, *, at: datetime) -> bytes:
    """The document as tagged pages; `at` is when it was asked for."""
    assets = assets_of(case.association, "case_document.css")
    amount = case.contract_amount if document == CONTRACT else case.budget
    part = shared(amount, case.subsidy_share) if amount is not None else None
    with translation.override(language):
        title = (
            _("Contract %(number)s") % {"number": case.contract_number or case.number}
            if document == CONTRACT
            else _("Terms of reference %(number)s") % {"number": case.number}
        )
        html = render_to_string(
            TEMPLATES[document],
            {
                "case": case,
                "association": case.association,
                "deliverables": deliverables_of(case),
                "indicators": names_of(case.association, case.indicators),
                "title": title,
                "language": language,
                "is_rtl": translation.get_language_bidi(),
                "amount": amount,
                "part": part,
                "rest": amount - part if amount is not None and part is not None else None,
                "logo": logo_of(assets),
                "at": at,
            },
        )
    return render_pdf(html, title=f"{title} – {case.title}", language=language, assets=assets)


def _mark(case: Case) -> str:
    """Tells one content of the documents from another."""
    names = (
        *(
            "title",
            "findings",
            "objectives",
            "indicators",
            "scope",
            "days",
            "budget",
            "currency",
            "subsidy_share",
            "starts_on",
            "ends_on",
        ),
        *("expert_id", "contract_number", "contract_on", "contract_amount"),
    )
    said = [str(getattr(case, name)) for name in names]
    said += [f"{one.title} {one.due_on}" for one in deliverables_of(case)]
    said += [case.association.name, case.association.accent_colour, case.institution.name]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _case(case_id: UUID) -> Case:
    return Case.objects.select_related("association", "institution", "expert").get(pk=case_id)
