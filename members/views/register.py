"""The register of members, one member, and its dates."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.forms import LastDayForm, MemberEditForm, NewMemberForm, RejoinForm
from members.models import Institution, Membership
from members.rules import may_add_member
from members.selectors import register as selectors
from members.services import register as services
from members.web.guards import AssociationRequest, association_page, found_or_404
from spm_portal.common.attempt import attempt, posted

PAGE_SIZE = 50


@association_page("members.view_register")
@require_safe
def register(request: AssociationRequest) -> HttpResponse:
    sort = request.GET.get("sort", "name")
    former = request.GET.get("show") == "former"
    search = request.GET.get("q", "").strip()
    rows = selectors.memberships(request.association, sort=sort, former=former, search=search)
    return render(
        request,
        "members/register.html",
        {
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "sort": sort,
            "former": former,
            "search": search,
            "counts": selectors.counts(request.association),
            "may_edit": request.user.has_perm("members.manage_register", request.association),
        },
    )


@association_page("members.manage_register")
def member_new(request: AssociationRequest) -> HttpResponse:
    countries = request.association.countries
    initial = {"joined_on": timezone.localdate(), "country": countries[0] if len(countries) == 1 else ""}
    form = NewMemberForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        membership = attempt(
            form,
            lambda: services.register_member(
                association=request.association, by=request.user, at=timezone.now(), **form.cleaned_data
            ),
        )
        if membership is not None:
            name = membership.institution.name
            messages.success(request, _("%(name)s is in the register.") % {"name": name})
            return redirect("member", request.association.slug, membership.institution_id)
    return render(request, "members/member_new.html", {"form": form}, status=422 if form.errors else 200)


@association_page()
@require_safe
def member(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One MFI: for the association's staff and for its own people."""
    institution = _member(request, pk)
    history = selectors.history_of(request.association, institution)
    user = request.user
    return render(
        request,
        "members/member.html",
        {
            "institution": institution,
            "history": history,
            "today": timezone.localdate(),
            "is_member": Membership.objects.current()
            .filter(association=request.association, institution=institution)
            .exists(),
            "may_edit": user.has_perm("members.manage_register", request.association),
            "may_see_people": user.has_perm("members.view_institution_people", institution),
            "may_rejoin": may_add_member(user, request.association, institution),
            "own": user.has_perm("members.view_institution", institution)
            and not user.has_perm("members.view_register", request.association),
        },
    )


@association_page("members.manage_register")
def member_edit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    institution = found_or_404(Institution.objects.members_of(request.association), pk=pk)
    initial = {name: getattr(institution, name) for name in MemberEditForm.base_fields}
    form = MemberEditForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.change_institution(
                institution_id=institution.pk,
                association=request.association,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if saved is not None:
            messages.success(request, _("The register is corrected."))
            return redirect("member", request.association.slug, institution.pk)
    return render(
        request,
        "members/member_edit.html",
        {"form": form, "institution": institution},
        status=422 if form.errors else 200,
    )


@association_page("members.manage_register")
def membership_end(request: AssociationRequest, pk: UUID, membership: UUID) -> HttpResponse:
    institution = _member(request, pk)
    found = found_or_404(
        Membership.objects.filter(
            association=request.association, institution=institution, left_on__isnull=True
        ),
        pk=membership,
    )
    form = LastDayForm(posted(request), initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        ended = attempt(
            form,
            lambda: services.end_membership(
                membership_id=found.pk,
                left_on=form.cleaned_data["last_day"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if ended is not None:
            messages.success(
                request, _("The membership of %(name)s has a last day.") % {"name": institution.name}
            )
            return redirect("member", request.association.slug, institution.pk)
    return render(
        request,
        "members/membership_end.html",
        {"form": form, "institution": institution, "membership": found},
        status=422 if form.errors else 200,
    )


@association_page("members.manage_register")
def member_rejoin(request: AssociationRequest, pk: UUID) -> HttpResponse:
    institution = _member(request, pk)
    if not may_add_member(request.user, request.association, institution):
        raise PermissionDenied
    form = RejoinForm(posted(request), initial={"joined_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        joined = attempt(
            form,
            lambda: services.add_member(
                association=request.association,
                institution=institution,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if joined is not None:
            messages.success(request, _("%(name)s is a member again.") % {"name": institution.name})
            return redirect("member", request.association.slug, institution.pk)
    return render(
        request,
        "members/member_rejoin.html",
        {"form": form, "institution": institution},
        status=422 if form.errors else 200,
    )


def _member(request: AssociationRequest, pk: UUID) -> Institution:
    return found_or_404(selectors.member_for(request.user, request.association), pk=pk)
