"""Values that members let others read: a donor, the other members, or everybody; every reading is written down.

A page with values answers GET alone: a HEAD would hand out nothing and leave a row in the log all the same.
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from members.access import access_of
from members.models import Donor, User
from members.web.guards import (
    AssociationRequest,
    PersonRequest,
    association_page,
    found_or_404,
    person_page,
    public_page,
    require,
)
from members.web.public_pages import rated
from reporting.models import Round
from reporting.selectors.editions import public_association
from reporting.selectors.sharing_values import associations_of, round_at, shared_returns
from reporting.services.value_reads import ON_PAGE, Asked, read_values
from reporting.web.open_values import (
    Face,
    for_donor,
    for_everybody,
    for_members,
    member_entries,
    round_entries,
)

# --- A donor ------------------------------------------------------------------------------------------------


@person_page
@require_safe
def donor_values(request: PersonRequest, slug: str) -> HttpResponse:
    """The associations and rounds in which members show the donor values."""
    donor = _donor(request, slug)
    face = for_donor(donor)
    context = {"crumbs": face.crumbs[:1], "lede": face.of_round}
    found = round_entries(face, associations_of(donor))
    return render(request, "reporting/values/rounds.html", {**context, "associations": found})


@person_page
@require_safe
def donor_round_values(request: PersonRequest, slug: str, association: str, code: str) -> HttpResponse:
    """The members that show the donor values in one round, and of which groups; no value stands here."""
    donor = _donor(request, slug)
    return _of_round(request, for_donor(donor), round_at(associations_of(donor), association, code))


@person_page
@require_GET
def donor_member_values(
    request: PersonRequest, slug: str, association: str, code: str, pk: UUID
) -> HttpResponse:
    """The values of one member; a group that is not open says so and no more."""
    donor = _donor(request, slug)
    of_round = round_at(associations_of(donor), association, code)
    return _of_member(request, for_donor(donor), of_round, pk, request.user)


def _donor(request: PersonRequest, slug: str) -> Donor:
    donor = found_or_404(Donor.objects.visible_to(request.user), slug=slug)
    require(request, "reporting.read_consented_values", donor)
    return donor


# --- The other members --------------------------------------------------------------------------------------


@association_page("reporting.read_network_values")
@require_safe
def network_values(request: AssociationRequest) -> HttpResponse:
    """The rounds in which members show each other values."""
    face = for_members(request.association)
    context = {"crumbs": face.crumbs[:1], "lede": face.of_round}
    found = round_entries(face, [request.association])
    return render(request, "reporting/values/rounds.html", {**context, "associations": found})


@association_page("reporting.read_network_values")
@require_safe
def network_round_values(request: AssociationRequest, code: str) -> HttpResponse:
    """The members that show the others values in one round."""
    association = request.association
    return _of_round(request, for_members(association), round_at([association], association.slug, code))


@association_page("reporting.read_network_values")
@require_GET
def network_member_values(request: AssociationRequest, code: str, pk: UUID) -> HttpResponse:
    """The values that one member shows the others."""
    association = request.association
    of_round = round_at([association], association.slug, code)
    return _of_member(request, for_members(association), of_round, pk, request.user)


# --- Everybody ----------------------------------------------------------------------------------------------


@public_page
@rated("public")
@require_safe
def public_round_values(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The members that show values of one round to everybody; a round without any does not exist here."""
    association = public_association(slug)
    if association is None:
        raise Http404
    of_round = round_at([association], slug, code)
    return _of_round(request, for_everybody(association), of_round, may_be_empty=False)


@public_page
@rated("public")
@require_GET
def public_member_values(request: HttpRequest, slug: str, code: str, pk: UUID) -> HttpResponse:
    """The values that one member shows to everybody."""
    association = public_association(slug)
    if association is None:
        raise Http404
    person = request.user if isinstance(request.user, User) else None
    return _of_member(request, for_everybody(association), round_at([association], slug, code), pk, person)


# --- The pages ----------------------------------------------------------------------------------------------


def _of_round(
    request: HttpRequest, face: Face, of_round: Round | None, *, may_be_empty: bool = True
) -> HttpResponse:
    if of_round is None:
        raise Http404
    shared = shared_returns(face.reader.audience, of_round)
    if not (shared or may_be_empty):
        raise Http404
    return _uncached(
        render(
            request,
            "reporting/values/round.html",
            {"face": face, "round": of_round, "members": member_entries(face, of_round, shared)},
        )
    )


def _of_member(
    request: HttpRequest, face: Face, of_round: Round | None, pk: UUID, person: User | None
) -> HttpResponse:
    if of_round is None:
        raise Http404
    found = read_values(
        reader=face.reader,
        of_round=of_round,
        asked=Asked(institution=pk),
        by=person,
        at=timezone.now(),
        source=ON_PAGE,
    )
    if not found:
        raise Http404
    shared = found[0]
    return _uncached(
        render(
            request,
            "reporting/values/member.html",
            {
                "face": face,
                "crumbs": face.crumbs_below(of_round),
                "round": of_round,
                "shared": shared,
                "closed": shared.closed(of_round.sections),
                "is_own": person is not None and pk in access_of(person).works_for,
            },
        )
    )


def _uncached(response: HttpResponse) -> HttpResponse:
    """A withdrawal counts on the next request, so that no cache keeps these pages."""
    response["Cache-Control"] = "private, no-store"
    return response
