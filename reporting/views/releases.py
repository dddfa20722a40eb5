"""Pages of releases: the list, publishing, and the dashboard by chapter."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.datasets.drawing import draw, page_styles
from reporting.datasets.parts import Chapter, Figure
from reporting.datasets.report import build_report
from reporting.models import Release, Round
from reporting.selectors.jobs import reports_of
from reporting.selectors.releases import MINIMUM, preview, releases_of, with_round
from reporting.services import releases as service


@association_page("reporting.view_releases")
@require_safe
def release_list(request: AssociationRequest) -> HttpResponse:
    return render(
        request,
        "reporting/releases/list.html",
        {
            "releases": releases_of(request.association),
            "may_publish": request.user.has_perm("reporting.open_round", request.association),
        },
    )


@association_page("reporting.view_rounds")
def publish(request: AssociationRequest, code: str) -> HttpResponse:
    of_round = found_or_404(
        Round.objects.visible_to(request.user), association_id=request.association.pk, code=code
    )
    require(request, "reporting.publish_release", of_round)
    refused = ""
    if request.method == "POST":
        try:
            release = service.publish(round_id=of_round.pk, by=request.user, at=timezone.now())
        except service.PublishRefused as reason:
            refused = str(reason)
        else:
            messages.success(request, _("Edition %(number)d is published.") % {"number": release.number})
            return redirect("release", request.association.slug, release.pk)
    return render(
        request,
        "reporting/releases/publish.html",
        {
            "round": of_round,
            "preview": preview(of_round),
            "minimum": MINIMUM,
            "refused": refused,
            "editions": releases_of(request.association).filter(round=of_round),
        },
        status=409 if refused else 200,
    )


def _release(request: AssociationRequest, pk: UUID) -> Release:
    found = found_or_404(
        with_round(Release.objects.visible_to(request.user)), association_id=request.association.pk, pk=pk
    )
    require(request, "reporting.view_release", found)
    return found


@association_page("reporting.view_releases")
@require_safe
def release(request: AssociationRequest, pk: UUID) -> HttpResponse:
    found = _release(request, pk)
    may_request = request.user.has_perm("reporting.request_report", found)
    return render(
        request,
        "reporting/releases/release.html",
        {
            "release": found,
            "report": build_report(found, get_language() or settings.LANGUAGE_CODE),
            "editions": releases_of(request.association).filter(round=found.round_id),
            "jobs": reports_of(found, everything=may_request),
            "may_request": may_request,
            "languages": settings.LANGUAGES,
        },
    )


@association_page("reporting.view_releases")
@require_safe
def release_chapter(request: AssociationRequest, pk: UUID, chapter: str) -> HttpResponse:
    found = _release(request, pk)
    report = build_report(found, get_language() or settings.LANGUAGE_CODE)
    shown = report.chapter(chapter)
    if shown is None:
        raise Http404
    place = report.chapters.index(shown)
    wide, narrow = page_styles(rtl=get_language_bidi())
    return render(
        request,
        "reporting/releases/chapter.html",
        {
            "release": found,
            "report": report,
            "chapter": shown,
            "blocks": [
                (block, draw(block, wide), draw(block, narrow, "-n"))
                if isinstance(block, Figure)
                else (block, None, None)
                for block in shown.blocks
            ],
            "before": report.chapters[place - 1] if place else None,
            "after": _after(report.chapters, place),
        },
    )


def _after(chapters: tuple[Chapter, ...], place: int) -> Chapter | None:
    return chapters[place + 1] if place + 1 < len(chapters) else None


@association_page("reporting.view_releases")
@require_POST
def report_request(request: AssociationRequest, pk: UUID) -> HttpResponse:
    found = _release(request, pk)
    language = request.POST.get("language", "") or request.association.language
    if language not in dict(settings.LANGUAGES):
        raise Http404
    job = service.request_report(release_id=found.pk, language=language, by=request.user, at=timezone.now())
    return redirect("job", request.association.slug, job.pk)
