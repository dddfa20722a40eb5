"""Asking for a paper of a session, seeing how far it is, and getting it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import found_or_404
from spm_portal.common.downloads import file_of_job
from spm_portal.common.models import Job
from spm_portal.common.refusal import Refused
from training.selectors.learning_papers import papers_of
from training.services import learning_papers as service
from training.web.sessions import SessionRequest, session_page
from training.web.teaching import Door


@session_page("training.teach_session")
@require_POST
def session_paper(request: SessionRequest) -> HttpResponse:
    """Ask for the sheet to sign, or for the questions to print."""
    session, what = request.training_session, request.POST.get("what", "")
    try:
        job = service.request_paper(
            session_id=session.pk,
            what=what,
            language=session.language if what == service.TEST else get_language() or "en",
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("session_attendance", request.association.slug, session.pk)
    return redirect("session_paper_job", request.association.slug, session.pk, job.pk)


@session_page("training.teach_session")
@never_cache
@require_safe
def session_paper_job(request: SessionRequest, job: UUID) -> HttpResponse:
    """How far the paper is."""
    session = request.training_session
    found: Job = found_or_404(papers_of(session), pk=job)
    template = "training/learning/_paper_job.html" if request.htmx else "training/learning/paper_job.html"
    context = {
        "session": session,
        "door": Door(session, request.user, None),
        "job": found,
        "what": found.args["what"],
    }
    return render(request, template, context)


@session_page("training.teach_session")
@never_cache
@require_safe
def session_paper_file(request: SessionRequest, job: UUID) -> HttpResponse:
    """The paper."""
    session = request.training_session
    found: Job = found_or_404(papers_of(session), pk=job)
    file = file_of_job(found, content_type="application/pdf", at=timezone.now())
    if file is None:
        return redirect("session_paper_job", request.association.slug, session.pk, found.pk)
    file["Cache-Control"] = "private, no-store"
    return file
