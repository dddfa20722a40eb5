"""A member's own report: its page, asking for the PDF, seeing how far it is, downloading it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.datasets.drawing import page_styles
from reporting.datasets.member_drawing import levels_chart, radar_chart, strip_chart, trend_chart
from reporting.datasets.member_report import MemberReport, build_member_report
from reporting.models import Submission
from reporting.selectors.member_reports import SHOWN, NoSuchGroup, load_member, member_report_jobs
from reporting.services import member_reports as service
from reporting.views.returns import submission_of
from spm_portal.common.downloads import file_of_job
from spm_portal.common.models import Job

VIEW = "reporting.view_member_report"


def _frame(request: AssociationRequest, submission: Submission) -> dict[str, Any]:
    return {
        "slug": request.association.slug,
        "submission": submission,
        "round": submission.round,
        "is_staff": request.user.has_perm("reporting.view_board", submission.round),
    }


def _charts(report: MemberReport) -> dict[str, Any]:
    """Every chart of the page, for wide screens and for phones."""
    wide, narrow = page_styles(rtl=get_language_bidi())
    return {
        "radar": (radar_chart(report, wide), radar_chart(report, narrow, "-n")),
        "strips": [
            (strip_chart(report, strip, wide), strip_chart(report, strip, narrow, "-n"))
            for strip in report.strips
        ],
        "trends": [trend_chart(report, trend, narrow) for trend in report.trends],
        "levels": (
            levels_chart(report, report.quality, wide),
            levels_chart(report, report.quality, narrow, "-n"),
        ),
    }


@association_page()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member_report(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    frame = _frame(request, submission)
    may_view = request.user.has_perm(VIEW, submission)
    if request.method == "POST":
        require(request, VIEW, submission)
        return _ask(request, submission)
    if not may_view:
        return render(request, "reporting/member_report/not_yet.html", frame)
    language = get_language() or settings.LANGUAGE_CODE
    try:
        source = load_member(submission, group=request.GET.get("group", ""))
    except NoSuchGroup:
        raise Http404 from None
    report = build_member_report(source, language)
    return render(
        request,
        "reporting/member_report/page.html",
        frame
        | _charts(report)
        | {
            "report": report,
            "groups": source.groups,
            "group": source.group,
            "section_base": reverse("return", args=[request.association.slug, submission.pk]) + "sections/",
            "jobs": _named(member_report_jobs(submission)[:SHOWN]),
            "languages": settings.LANGUAGES,
        },
    )


def _named(found: Any) -> list[tuple[Job, str]]:
    names = dict(settings.LANGUAGES)
    return [(job, str(names.get(job.args["language"], job.args["language"]))) for job in found]


def _ask(request: AssociationRequest, submission: Submission) -> HttpResponse:
    language = request.POST.get("language", "") or request.association.language
    if language not in dict(settings.LANGUAGES):
        raise Http404
    job = service.request_member_report(
        submission_id=submission.pk,
        language=language,
        group=request.POST.get("group", ""),
        by=request.user,
        at=timezone.now(),
    )
    return redirect("member_report_job", request.association.slug, submission.pk, job.pk)


@association_page()
@never_cache
@require_safe
def member_report_job(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    require(request, VIEW, submission)
    found: Job = found_or_404(member_report_jobs(submission), pk=job)
    whole = not request.htmx
    return render(
        request,
        "reporting/member_report/job.html" if whole else "reporting/member_report/_job.html",
        _frame(request, submission) | {"job": found},
    )


@association_page()
@never_cache
@require_safe
def member_report_file(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    require(request, VIEW, submission)
    found: Job = found_or_404(member_report_jobs(submission), pk=job)
    file = file_of_job(found, content_type="application/pdf", at=timezone.now())
    return file or redirect("member_report_job", request.association.slug, submission.pk, found.pk)
