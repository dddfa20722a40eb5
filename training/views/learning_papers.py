"""Asking for a paper of a session, seeing how far it is, and getting it: with an account, or by a trainer's link."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import found_or_404
from spm_portal.common.downloads import file_of_job
from spm_portal.common.models import Job
from spm_portal.common.refusal import Refused
from training.selectors.learning_papers import papers_of
from training.services import learning_papers as service
from training.web.teaching import TeachingRequest, account_door, link_door


@require_POST
def _paper(request: TeachingRequest) -> HttpResponse:
    """Ask for the sheet to sign, or for the questions to print."""
    door, what = request.door, request.POST.get("what", "")
    try:
        job = service.request_paper(
            session_id=door.session.pk,
            what=what,
            language=door.session.language if what == service.TEST else get_language() or "en",
            by=door.by,
            expert=door.expert,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect(door.attendance_url)
    return redirect(door.url("session_paper_job", job.pk))


@never_cache
@require_safe
def _paper_job(request: TeachingRequest, job: UUID) -> HttpResponse:
    """How far the paper is."""
    door = request.door
    found: Job = found_or_404(papers_of(door.session), pk=job)
    template = "training/learning/_paper_job.html" if request.htmx else "training/learning/paper_job.html"
    what = str(found.args["what"])
    context = {
        "session": door.session,
        "association": door.session.association,
        "door": door,
        "base": "training/learning/_link.html" if door.is_link else "base.html",
        "job": found,
        "what": what,
        "title": _("Questions to print") if what == service.TEST else _("Sheet to sign"),
        "progress_url": door.url("session_paper_job", found.pk),
        "file_url": door.url("session_paper_file", found.pk),
    }
    return render(request, template, context | ({"shell": None} if door.is_link else {}))


@never_cache
@require_safe
def _paper_file(request: TeachingRequest, job: UUID) -> HttpResponse:
    """The paper."""
    door = request.door
    found: Job = found_or_404(papers_of(door.session), pk=job)
    file = file_of_job(found, content_type="application/pdf", at=timezone.now())
    if file is None:
        return redirect(door.url("session_paper_job", found.pk))
    file["Cache-Control"] = "private, no-store"
    return file


# the same pages behind both doors
session_paper, teaching_paper = account_door(_paper), link_door(_paper)
session_paper_job, teaching_paper_job = account_door(_paper_job), link_door(_paper_job)
session_paper_file, teaching_paper_file = account_door(_paper_file), link_door(_paper_file)
