"""Pages of editions: what one is made of and its check for insiders; list, report and hash for everybody."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, public_page, require
from members.web.public_pages import rated
from reporting.datasets.changes import changes_between, kept_figures
from reporting.models import Release
from reporting.selectors import editions as selectors
from reporting.selectors.edition_jobs import check_under_way, last_check
from reporting.selectors.releases import with_round
from reporting.services import rebuilding
from reporting.web.open_values import for_everybody, round_entries
from spm_portal.common import jobs
from spm_portal.common.downloads import made_file


@association_page("reporting.view_releases")
@require_http_methods(["GET", "HEAD", "POST"])
def edition(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """What an edition is made of, what it changed, what members say; staff have it checked."""
    found = found_or_404(
        with_round(Release.objects.visible_to(request.user)), association_id=request.association.pk, pk=pk
    )
    require(request, "reporting.view_release", found)
    may_check = request.user.has_perm("reporting.check_edition", found)
    if request.method == "POST":
        require(request, "reporting.check_edition", found)
        rebuilding.request_check(release_id=found.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The check is under way."))
        return redirect("edition", request.association.slug, found.pk)
    older = selectors.edition_before(found)
    under_way = check_under_way(found) if may_check else None
    template = "reporting/editions/_check.html" if request.htmx else "reporting/editions/edition.html"
    return render(
        request,
        template,
        {
            "release": found,
            "newest": selectors.newest_number(found),
            "older": older,
            "changes": changes_between(older, found, get_language() or "en") if older else (),
            "kept": kept_figures(found, get_language() or "en"),
            "may_check": may_check,
            "job": under_way,
            "check": last_check(found) if may_check else None,
        },
    )


@public_page
@rated("public")
@require_safe
def public_editions(request: HttpRequest, slug: str) -> HttpResponse:
    """The editions of an association that shows them to everybody; for any other address there is nothing."""
    association = selectors.public_association(slug)
    if association is None:
        raise Http404
    return render(
        request,
        "reporting/editions/public.html",
        {
            "organisation": association,
            "editions": selectors.public_editions(association),
            "entries": round_entries(for_everybody(association), [association])[0][1],
        },
    )


@public_page
@rated("public")
@require_safe
def public_report(request: HttpRequest, slug: str, code: str, number: int, language: str) -> HttpResponse:
    """The report of an edition that was opened to everybody."""
    association = selectors.public_association(slug)
    job = selectors.public_report(association, number, code, language) if association else None
    content = jobs.intact_content(job) if job else None
    if job is None or content is None:
        raise Http404
    return made_file(content, name=job.result_name, content_type="application/pdf")


@public_page
@rated("verify")
@require_safe
def verify_edition(request: HttpRequest, digest: str) -> HttpResponse:
    """Which edition a hash belongs to, and whether there is a newer one; nothing more."""
    found = selectors.edition_by_hash(digest.strip().lower())
    return render(
        request,
        "reporting/editions/verify.html",
        {"found": found, "digest": digest[:80]},
        status=200 if found else 404,
    )
