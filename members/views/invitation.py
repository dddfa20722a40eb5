"""The page behind an invitation's link."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from members.enums import Role
from members.forms import NewPersonForm
from members.models import User
from members.selectors.duties import DUTIES
from members.services import invitations
from members.services.invitations import Accepted, organisation_of
from members.web.guards import public_page
from spm_portal.common.attempt import attempt
from spm_portal.common.refusal import Refused

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public_page
@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Unknown, used, revoked and expired links answer alike; the token alone shows whom it is for."""
    found = invitations.find_open(token)
    if found is None:
        return render(request, "members/invitation_gone.html", status=404)
    form = NewPersonForm(request.POST if request.method == "POST" and _is_visitor(request) else None)
    context = {
        "invitation": found,
        "organisation": organisation_of(found) or _("the platform"),
        "duty": DUTIES[Role(found.role)],
        "form": form,
    }
    if isinstance(request.user, User):
        if request.user.email.lower() != found.email.lower():
            return render(request, "members/invitation_other.html", context)
        if request.method == "POST":
            return _join(request, token)
        return render(request, "members/invitation_join.html", context)
    if request.method == "POST" and form.is_valid():
        accepted = attempt(
            form,
            lambda: invitations.accept(
                token=token,
                at=timezone.now(),
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=translation.get_language() or "",
            ),
        )
        if accepted is not None:
            login(request, accepted.user, backend=BACKEND)
            record_authentication(request, accepted.user, method="password", email=accepted.user.email)
            return _welcome(request, accepted)
    # always 200: an error status would put the address, and so the token, into the log
    return render(request, "members/invitation.html", context)


def _is_visitor(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


def _join(request: HttpRequest, token: str) -> HttpResponse:
    """Add the role to the person who is signed in."""
    assert isinstance(request.user, User)
    try:
        accepted = invitations.accept(token=token, at=timezone.now(), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("home")
    return _welcome(request, accepted)


def _welcome(request: HttpRequest, accepted: Accepted) -> HttpResponse:
    messages.success(
        request,
        _("Welcome. You are now %(role)s of %(organisation)s.")
        % {
            "role": accepted.assignment.get_role_display(),
            "organisation": organisation_of(accepted.assignment) or _("the platform"),
        },
    )
    return redirect("home")
