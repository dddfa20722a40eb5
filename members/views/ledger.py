"""The mail ledger and the jobs, for operators."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.selectors import operations as selectors
from members.services import operations
from members.web.guards import PersonRequest, operator_page
from spm_portal.common.models import JobState, MailState

PAGE_SIZE = 50


@operator_page
@require_safe
def mail_ledger(request: PersonRequest) -> HttpResponse:
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()
    rows = selectors.mail_ledger(state=state, search=search)
    return render(
        request,
        "members/operators/mail_ledger.html",
        {
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "state": state,
            "search": search,
            "states": MailState.choices,
        },
    )


@operator_page
@require_safe
def mail_message(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One message; its text is shown while it is kept, so that a demo works without a mail server."""
    message = selectors.mail_message(pk)
    if message is None:
        raise Http404
    return render(request, "members/operators/mail_message.html", {"message": message})


@require_POST
@operator_page
def mail_retry(request: PersonRequest, pk: UUID) -> HttpResponse:
    if selectors.mail_message(pk) is None:
        raise Http404
    if operations.retry_mail(message_id=pk, by=request.user, at=timezone.now()):
        messages.success(request, _("The message is sent again."))
    else:
        messages.info(request, _("Only a failed message can be sent again."))
    return redirect("mail_message", pk)


@operator_page
@require_safe
def operator_jobs(request: PersonRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    page = Paginator(selectors.jobs(state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    names = selectors.names_of_associations(list(page))
    rows = [{"job": job, "association": names.get(job.association_id, "")} for job in page]
    return render(
        request,
        "members/operators/jobs.html",
        {"page": page, "rows": rows, "state": state, "states": JobState.choices},
    )


@require_POST
@operator_page
def job_retry(request: PersonRequest, pk: UUID) -> HttpResponse:
    if operations.retry_job(job_id=pk, by=request.user, at=timezone.now()):
        messages.success(request, _("The job is queued again."))
    else:
        messages.info(request, _("Only a failed job can be queued again."))
    return redirect("operator_jobs")
