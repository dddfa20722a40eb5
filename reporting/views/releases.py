"""Pages of releases: the list, publishing, and the dashboard by chapter."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.datasets.drawing import draw, page_styles
from reporting.datasets.parts import Chapter, Figure
from reporting.datasets.report import build_report
from reporting.models import Release, Round
from reporting.selectors.edition_jobs import RUNNING, publication_of
from reporting.selectors.editions import newest_number
from reporting.selectors.jobs import reports_of
from reporting.selectors.peer_groups import OfferedGroup, offered_group, offered_groups
from reporting.selectors.releases import editions_beside, latest_of, preview, release_in, releases_of
from reporting.selectors.replies import blockers, hearing_of
from reporting.services import publications, reports
from reporting.services import releases as service
from spm_portal.common.downloads import made_file
from spm_portal.common.models import JobState


@association_page("reporting.view_releases")
@require_safe
def release_list(request: AssociationRequest) -> HttpResponse:
    return render(
        request,
        "reporting/releases/list.html",
        {
            "releases": releases_of(request.association),
            "may_publish": request.user.has_perm("reporting.open_round", request.association),
            "may_group": request.user.has_perm("reporting.manage_peer_groups", request.association),
            "may_read_members": request.user.has_perm("reporting.read_network_values", request.association),
        },
    )


@association_page("reporting.view_rounds")
def publish(request: AssociationRequest, code: str) -> HttpResponse:
    """What publishing would do and what still blocks it; then the progress of the edition in the making."""
    of_round = found_or_404(
        Round.objects.visible_to(request.user).select_related("association"),
        association_id=request.association.pk,
        code=code,
    )
    require(request, "reporting.publish_release", of_round)
    if request.method == "POST":
        try:
            asked = publications.request_publication(
                round_id=of_round.pk,
                by=request.user,
                at=timezone.now(),
                erratum=request.POST.get("erratum", ""),
                is_public=request.POST.get("is_public") == "on",
            )
        except service.PublishRefused as reason:
            return _publish_page(request, of_round, refused=str(reason))
        return redirect(
            f"{reverse('publish', args=[request.association.slug, of_round.code])}?job={asked.pk}"
        )
    job = publication_of(of_round, _uuid(request.GET.get("job", "")))
    if job is None:
        return _publish_page(request, of_round)
    if job.state == JobState.DONE:
        return _published(request, of_round)
    if job.state in RUNNING:
        whole = not request.htmx
        template = "reporting/publication/progress.html" if whole else "reporting/publication/_progress.html"
        return render(request, template, {"round": of_round, "job": job})
    words = (
        job.error if job.state == JobState.CANCELLED else _("The figures could not be worked out. Try again.")
    )
    return _publish_page(request, of_round, refused=words, typed=str(job.args.get("erratum", "")))


def _published(request: AssociationRequest, of_round: Round) -> HttpResponse:
    """On to the newest edition, also from within the part of the page that follows the progress."""
    newest = latest_of(of_round)
    if newest is None:
        raise Http404
    address = reverse("release", args=[request.association.slug, newest.pk])
    messages.success(request, _("Edition %(number)d is published.") % {"number": newest.number})
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _publish_page(
    request: AssociationRequest, of_round: Round, *, refused: str = "", typed: str = ""
) -> HttpResponse:
    seen = preview(of_round)
    now = timezone.now()
    last = latest_of(of_round)
    was_public = last is not None and last.is_public  # a correction is for the readers of what it corrects
    return render(
        request,
        "reporting/releases/publish.html",
        {
            "round": of_round,
            "preview": seen,
            "minimum": seen.minimum,
            "refused": refused,
            "blockers": blockers(hearing_of(of_round, seen), now),
            "editions": releases_of(request.association).filter(round=of_round),
            "erratum": request.POST.get("erratum", typed),
            "is_public": request.POST.get("is_public") == "on" if request.method == "POST" else was_public,
        },
        status=409 if refused and request.method == "POST" else 200,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _release(request: AssociationRequest, pk: UUID) -> Release:
    # whether the person may see it is told from the roles that the request has read already
    found = release_in(request.association, pk)
    if found is None or not request.user.has_perm("reporting.view_release", found):
        raise Http404
    return found


def _group(request: AssociationRequest, found: Release) -> OfferedGroup | None:
    """The peer group that the address names; one that the edition does not offer does not exist."""
    key = request.GET.get("group", "")
    group = offered_group(found, key) if key else None
    if key and group is None:
        raise Http404
    return group


@association_page("reporting.view_releases")
@require_safe
def release(request: AssociationRequest, pk: UUID) -> HttpResponse:
    found = _release(request, pk)
    may_request = request.user.has_perm("reporting.request_report", found)
    group = _group(request, found)
    editions = editions_beside(found)
    return render(
        request,
        "reporting/releases/release.html",
        {
            "release": found,
            "newest": editions[0].number,
            "report": build_report(
                found, get_language() or settings.LANGUAGE_CODE, group.key if group else ""
            ),
            "groups": offered_groups(found),
            "group": group,
            "editions": editions,
            "jobs": reports_of(found, everything=may_request),
            "may_request": may_request,
            "languages": settings.LANGUAGES,
        },
    )


@association_page("reporting.view_releases")
@require_safe
def release_chapter(request: AssociationRequest, pk: UUID, chapter: str) -> HttpResponse:
    found = _release(request, pk)
    group = _group(request, found)
    report = build_report(found, get_language() or settings.LANGUAGE_CODE, group.key if group else "")
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
            "newest": newest_number(found),
            "report": report,
            "chapter": shown,
            "groups": offered_groups(found),
            "group": group,
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
@require_safe
def release_photo(request: AssociationRequest, pk: UUID, sha256: str) -> HttpResponse:
    """The photo of a case that this edition tells, by its hash."""
    found = _release(request, pk)
    case = next((one for one in found.texts.get("cases", []) if one.get("photo_sha256") == sha256), None)
    content = reports.stored_photo(case["photo"], sha256) if case and sha256 else None
    if content is None:
        raise Http404
    response = made_file(content, name="photo.jpg", content_type="image/jpeg")
    # an edition never changes
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@association_page("reporting.view_releases")
@require_POST
def report_request(request: AssociationRequest, pk: UUID) -> HttpResponse:
    found = _release(request, pk)
    language = request.POST.get("language", "") or request.association.language
    form = request.POST.get("form", "") or "pdf"
    if language not in dict(settings.LANGUAGES) or form not in reports.TYPES:
        raise Http404
    job = reports.request_report(
        release_id=found.pk, language=language, form=form, by=request.user, at=timezone.now()
    )
    return redirect("job", request.association.slug, job.pk)
