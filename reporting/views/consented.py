"""A donor reads the values that members agreed to show it; every reading is written down."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.models import Donor
from members.web.guards import PersonRequest, found_or_404, person_page, require
from reporting.models import Round
from reporting.selectors.sharing import shared_returns
from reporting.selectors.sharing_pages import round_shown, rounds_shown
from reporting.services.donor_reads import ON_PAGE, Asked, read_values


@person_page
@require_safe
def donor_values(request: PersonRequest, slug: str) -> HttpResponse:
    """The associations and rounds in which members show values."""
    donor = _donor(request, slug)
    return render(
        request, "reporting/donors/values.html", {"donor": donor, "associations": rounds_shown(donor)}
    )


@person_page
@require_safe
def donor_round_values(request: PersonRequest, slug: str, association: str, code: str) -> HttpResponse:
    """The members that show values in one round, and of which groups; no value stands here."""
    donor = _donor(request, slug)
    of_round = _round(donor, association, code)
    shared = shared_returns(donor, of_round)
    return render(
        request,
        "reporting/donors/round_values.html",
        {
            "donor": donor,
            "round": of_round,
            "shared": [
                (one, [each for each in one.catalogue.sections if each.code in one.sections])
                for one in shared
            ],
        },
    )


@person_page
@require_safe
def donor_member_values(
    request: PersonRequest, slug: str, association: str, code: str, pk: UUID
) -> HttpResponse:
    """The values of one member; a group that is not open says so and no more."""
    donor = _donor(request, slug)
    of_round = _round(donor, association, code)
    found = read_values(
        donor=donor,
        of_round=of_round,
        asked=Asked(institution=pk),
        by=request.user,
        at=timezone.now(),
        source=ON_PAGE,
    )
    if not found:
        raise Http404
    shared = found[0]
    asked = [one for one in shared.catalogue.sections if one.code in of_round.sections]
    return render(
        request,
        "reporting/donors/member_values.html",
        {
            "donor": donor,
            "round": of_round,
            "shared": shared,
            "groups": [
                (
                    section,
                    [(part, shared.values.get(part.code)) for part in shared.parts_of(section)],
                )
                for section in asked
                if shared.parts_of(section)
            ],
            "closed": [section.title for section in asked if not shared.parts_of(section)],
            "derived": [(part, shared.values[part.code]) for part in shared.derived],
        },
    )


def _donor(request: PersonRequest, slug: str) -> Donor:
    donor = found_or_404(Donor.objects.visible_to(request.user), slug=slug)
    require(request, "reporting.read_consented_values", donor)
    return donor


def _round(donor: Donor, association: str, code: str) -> Round:
    found = round_shown(donor, association, code)
    if found is None:
        raise Http404
    return found
