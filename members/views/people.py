"""People of an association or MFI: inviting, revoking, ending roles."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.enums import Role
from members.forms import InvitationForm, ReasonForm
from members.models import Institution, Invitation, RoleAssignment
from members.rules import ROLES_IN, Organisation, may_grant
from members.selectors.duties import DUTIES
from members.selectors.people import people_of
from members.services import invitations, roles
from members.services.invitations import organisation_of
from members.web.addresses import people_url
from members.web.guards import (
    AssociationRequest,
    PersonRequest,
    association_page,
    found_or_404,
    person_page,
    require,
)
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.refusal import Refused


@association_page("members.view_people")
def people(request: AssociationRequest) -> HttpResponse:
    return people_page(request, request.association, "members/people.html")


@person_page
def institution_people(request: PersonRequest, pk: UUID) -> HttpResponse:
    institution = found_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request, "members.view_institution_people", institution)
    return people_page(request, institution, "members/institution_people.html", {"institution": institution})


def people_page(
    request: PersonRequest,
    organisation: Organisation,
    template: str,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show an organisation's people; a POST invites one."""
    found = people_of(organisation, reader=request.user)
    form = InvitationForm(posted(request), roles=found.may_invite) if found.may_invite else None
    if request.method == "POST" and form is None:
        raise PermissionDenied
    if request.method == "POST" and form is not None and form.is_valid():
        sent = attempt(
            form,
            lambda: invitations.invite(
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                organisation=organisation,
                by=request.user,
                at=timezone.now(),
            ),
        )
        if sent is not None:
            messages.success(
                request, _("The invitation to %(email)s is on its way.") % {"email": sent[0].email}
            )
            return redirect(request.path)
    duties = [DUTIES[role] for role in ROLES_IN[type(organisation)]]
    page = {"people": found, "form": form, "duties": duties, **(context or {})}
    return render(request, template, page, status=422 if form is not None and form.errors else 200)


@person_page
def role_end(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Ask for the reason, then end a role."""
    assignment = found_or_404(
        RoleAssignment.objects.live()
        .visible_to(request.user)
        .select_related("user", "association", "institution", "donor"),
        pk=pk,
    )
    own = assignment.user_id == request.user.pk
    organisation = organisation_of(assignment)
    if not own and not may_grant(request.user, Role(assignment.role), organisation):
        raise PermissionDenied
    form = ReasonForm(posted(request))
    back = reverse("my_access") if own else people_url(organisation, request.user)
    if request.method == "POST" and form.is_valid():
        ended = attempt(
            form,
            lambda: roles.end_role(
                assignment_id=assignment.pk,
                by=request.user,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            ),
        )
        if ended is not None:
            messages.success(
                request,
                _("%(name)s is no longer %(role)s.")
                % {"name": assignment.user, "role": assignment.get_role_display()},
            )
            return redirect(back)
    return render(
        request,
        "members/role_end.html",
        {
            "assignment": assignment,
            "organisation": organisation or _("the platform"),
            "form": form,
            "own": own,
            "back": back,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@person_page
def invitation_revoke(request: PersonRequest, pk: UUID) -> HttpResponse:
    invitation = found_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    done = invitations.revoke(invitation_id=pk, by=request.user, at=timezone.now())
    if done:
        messages.success(request, _("The invitation to %(email)s is revoked.") % {"email": invitation.email})
    else:
        messages.info(request, _("That invitation was not open any more."))
    return redirect(people_url(organisation_of(invitation), request.user))


@require_POST
@person_page
def invitation_resend(request: PersonRequest, pk: UUID) -> HttpResponse:
    invitation = found_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    try:
        invitations.resend(invitation_id=pk, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(
            request,
            _("%(email)s gets a new link; the older one has stopped to work.") % {"email": invitation.email},
        )
    return redirect(people_url(organisation_of(invitation), request.user))
