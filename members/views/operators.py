"""Pages of the platform's operators: associations, donors, people."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.access import access_of
from members.forms import KnownMemberForm, NewAssociationForm, NewDonorForm
from members.models import Association, Donor
from members.selectors import operations as selectors
from members.selectors.register import known_institutions
from members.services import associations, donors, register
from members.views.people import people_page
from members.web.guards import PersonRequest, found_or_404, operator_page, person_page
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.views.gallery import gallery as components


@operator_page
@require_safe
def operator_home(request: PersonRequest) -> HttpResponse:
    context = {"associations": selectors.associations(), "health": selectors.health()}
    return render(request, "members/operators/home.html", context)


@operator_page
def association_new(request: PersonRequest) -> HttpResponse:
    form = NewAssociationForm(posted(request), initial={"time_zone": "UTC"})
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: associations.found_association(
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if made is not None:
            messages.success(
                request,
                _("%(name)s is made and its first manager is invited.") % {"name": made.name},
            )
            return redirect("operator_association", made.pk)
    return render(
        request, "members/operators/association_new.html", {"form": form}, status=422 if form.errors else 200
    )


@operator_page
def association(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Managers of one association, and the invitation of another one."""
    found = found_or_404(selectors.associations(), pk=pk)
    return people_page(request, found, "members/operators/association.html", {"association": found})


@operator_page
def known_member(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Enter an MFI that the portal knows as a member of a further association."""
    found: Association = found_or_404(selectors.associations(), pk=pk)
    form = KnownMemberForm(
        posted(request),
        institutions=known_institutions(found),
        initial={"joined_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        joined = attempt(
            form,
            lambda: register.add_member(
                association=found,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if joined is not None:
            name = joined.institution.name
            messages.success(request, _("%(name)s is in the register.") % {"name": name})
            return redirect("operator_association", found.pk)
    return render(
        request,
        "members/operators/known_member.html",
        {"form": form, "association": found},
        status=422 if form.errors else 200,
    )


@operator_page
def operator_donors(request: PersonRequest) -> HttpResponse:
    form = NewDonorForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: donors.create_donor(
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if made is not None:
            messages.success(request, _("%(name)s is made. Invite its first reader.") % {"name": made.name})
            return redirect("operator_donor", made.pk)
    return render(
        request,
        "members/operators/donors.html",
        {"form": form, "donors": selectors.donors()},
        status=422 if form.errors else 200,
    )


@operator_page
def donor(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Readers of one donor, and the invitation of another one."""
    found: Donor = found_or_404(selectors.donors(), pk=pk)
    return people_page(request, found, "members/operators/donor.html", {"donor": found})


@operator_page
def operator_people(request: PersonRequest) -> HttpResponse:
    """The operators themselves."""
    return people_page(request, None, "members/operators/people.html")


@person_page
@require_safe
def gallery(request: PersonRequest) -> HttpResponse:
    """Every component of the look, for operators and associations' staff; holds nobody's data."""
    access = access_of(request.user)
    if not (access.operator or access.staff_of):
        raise Http404
    return components(request)
