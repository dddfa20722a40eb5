"""Pages of what changed after training: participants' institutions against the others, and cases with own figures."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.datasets.what_changed import caveats, comparison_of, own_cases, sheets
from reporting.models import Release
from reporting.selectors.releases import with_round
from reporting.selectors.what_changed import Pair, own_changes, pairs_of
from reporting.services.what_changed import work_out
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import kind_of, table_file

PUBLISH = "reporting.publish_release"


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _chosen(request: AssociationRequest, pairs: list[Pair]) -> Pair | None:
    """The pair that the address names by its later edition, or the newest that was worked out; 404 for another."""
    asked = request.GET.get("after", "")
    if asked:
        found = next((one for one in pairs if str(one.after.pk) == asked), None)
        if found is None:
            raise Http404
        return found
    return next((one for one in pairs if one.made), pairs[0] if pairs else None)


@association_page("reporting.view_releases")
@require_safe
def what_changed(request: AssociationRequest) -> HttpResponse:
    """The comparison of two years, for everybody who reads releases."""
    pairs = pairs_of(request.association, request.user)
    chosen = _chosen(request, pairs)
    may_make = chosen is not None and request.user.has_perm(PUBLISH, chosen.after)
    context = {
        "pairs": [one for one in pairs if one.made or may_make],
        "chosen": chosen,
        "shown": comparison_of(chosen.made, _language()) if chosen and chosen.made else None,
        "may_make": may_make,
        "caveats": caveats(),
        "may_see_courses": request.user.has_perm("training.view_catalogue", request.association),
        "may_see_cases": request.user.has_perm("training.view_calendar", request.association),
    }
    return render(request, "reporting/what_changed/page.html", context)


@association_page()
@require_POST
def what_changed_make(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Work it out for one edition."""
    releases = Release.objects.visible_to(request.user).filter(association=request.association)
    after = found_or_404(with_round(releases), pk=pk)
    require(request, PUBLISH, after)
    try:
        work_out(after=after, by=request.user, at=timezone.now())
        messages.success(
            request, _("What changed is worked out. Everybody who reads your releases can see it now.")
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    response: HttpResponse = redirect("what_changed", request.association.slug)
    response["Location"] += f"?after={after.pk}"
    return response


@association_page("reporting.view_releases")
@require_safe
def what_changed_file(request: AssociationRequest, kind: str) -> HttpResponse:
    """The comparison as a file."""
    kind = kind_of(kind)
    chosen = _chosen(request, pairs_of(request.association, request.user))
    if chosen is None or chosen.made is None:
        raise Http404
    shown = comparison_of(chosen.made, _language())
    name = f"{request.association.slug}-what-changed-{shown.after.method['year']}"
    return table_file(sheets(shown), kind=kind, name=name)


@association_page("training.view_calendar")
@require_safe
def cases_changed(request: AssociationRequest) -> HttpResponse:
    """Cases with what their own members reported: all for staff, one's own for members, none for anybody else."""
    association = request.association
    found = own_cases(own_changes(association, request.user), _language())
    return render(request, "reporting/what_changed/cases.html", {"cases": found, "caveats": caveats()})
