"""Home, profile, second factor and the page that says in words what one can see and do."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from members.access import access_of
from members.enums import Role
from members.forms import ProfileForm
from members.models import RoleAssignment
from members.selectors.duties import DUTIES
from members.selectors.factors import has_second_factor
from members.selectors.places import places_of
from members.services import people
from members.web.addresses import label_of, url_of
from members.web.guards import PersonRequest, person_page
from members.web.navigation import personal_pages
from spm_portal.common.attempt import attempt, posted


@person_page
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """The person's one place, or the choice between several, or what to do without any."""
    places = places_of(request.user)
    if len(places) == 1:
        return redirect(url_of(places[0]))
    own = personal_pages(request.user)
    if not places and len(own) == 1:
        return redirect(own[0].url_name)
    cards: list[dict[str, Any]] = [
        {"label": label_of(place), "url": url_of(place), "roles": [role.label for role in place.roles]}
        for place in places
    ]
    cards += [{"label": str(page.label), "url": reverse(page.url_name), "roles": []} for page in own]
    return render(request, "members/home.html", {"cards": cards})


@person_page
def profile(request: PersonRequest) -> HttpResponse:
    user = request.user
    initial = {name: getattr(user, name) for name in ("name", "language", "time_zone", "reminders")}
    form = ProfileForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: people.change_profile(user=user, at=timezone.now(), **form.cleaned_data),
        )
        if saved is not None:
            with override(saved.language):
                messages.success(request, _("Your profile is saved."))
            return redirect("profile")
    return render(request, "members/profile.html", {"form": form})


@person_page
@require_safe
def my_access(request: PersonRequest) -> HttpResponse:
    held = (
        RoleAssignment.objects.live()
        .held_by(request.user)
        .select_related("association", "institution", "donor", "granted_by")
        .order_by("granted_at")
    )
    rows = [
        {
            "assignment": one,
            "organisation": one.association or one.institution or one.donor or _("The platform"),
            "duty": DUTIES[Role(one.role)],
        }
        for one in held
    ]
    return render(request, "members/my_access.html", {"rows": rows})


@person_page
@require_safe
def second_factor(request: PersonRequest) -> HttpResponse:
    """Why a second factor is needed, and the two ways to set one up."""
    needed = access_of(request.user).needs_second_factor
    if not needed or has_second_factor(request.user):
        return redirect("home")
    return render(request, "members/second_factor.html")
