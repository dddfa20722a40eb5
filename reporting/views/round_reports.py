"""All members' own reports of a round in one file: asking for it, seeing how far it is, downloading it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404
from reporting.models import Round
from reporting.selectors.member_reports import SHOWN, approved_returns, round_report_jobs
from reporting.services import member_reports as service
from reporting.views.rounds import round_of
from reporting.web.job_steps import steps_of
from spm_portal.common.downloads import file_of_job
from spm_portal.common.models import Job
from spm_portal.common.refusal import Refused


@association_page("reporting.view_rounds")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def round_reports(request: AssociationRequest, code: str) -> HttpResponse:
    of_round = _board(request, code)
    if request.method == "POST":
        language = request.POST.get("language", "") or request.association.language
        if language not in dict(settings.LANGUAGES):
            raise Http404
        try:
            job = service.request_all(
                round_id=of_round.pk, language=language, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("round_reports", request.association.slug, of_round.code)
        return redirect("round_reports_job", request.association.slug, of_round.code, job.pk)
    names = dict(settings.LANGUAGES)
    return render(
        request,
        "reporting/member_report/round.html",
        {
            "round": of_round,
            "count": len(approved_returns(of_round)),
            "jobs": [
                (job, names.get(job.args["language"], job.args["language"]))
                for job in round_report_jobs(of_round)[:SHOWN]
            ],
            "languages": settings.LANGUAGES,
        },
    )


def _board(request: AssociationRequest, code: str) -> Round:
    """The round, for the association's staff alone."""
    return round_of(request, code, "reporting.view_board")


@association_page("reporting.view_rounds")
@never_cache
@require_safe
def round_reports_job(request: AssociationRequest, code: str, job: UUID) -> HttpResponse:
    of_round = _board(request, code)
    found: Job = found_or_404(round_report_jobs(of_round), pk=job)
    return render(
        request,
        "reporting/member_report/_round_job.html"
        if request.htmx
        else "reporting/member_report/round_job.html",
        {"round": of_round, "job": found, "steps": steps_of(found, _("Making the reports"))},
    )


@association_page("reporting.view_rounds")
@never_cache
@require_safe
def round_reports_file(request: AssociationRequest, code: str, job: UUID) -> HttpResponse:
    of_round = _board(request, code)
    found: Job = found_or_404(round_report_jobs(of_round), pk=job)
    file = file_of_job(found, content_type="application/zip", at=timezone.now())
    return file or redirect("round_reports_job", request.association.slug, of_round.code, found.pk)
