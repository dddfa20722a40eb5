"""The page on which a person makes, replaces or removes the address of their calendar feed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.services import calendars
from members.web.guards import PersonRequest, person_page
from spm_portal.common.origin import address_of


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: PersonRequest) -> HttpResponse:
    """The address is shown once, in the answer to the button that makes it."""
    address = ""
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "renew":
            token = calendars.renew(user=request.user, at=timezone.now())
            address = address_of("calendar_feed", token)
        elif action == "remove":
            calendars.remove(user=request.user, at=timezone.now())
            messages.success(request, _("The calendar's address does not work any more."))
            return redirect("my_calendar")
        else:
            raise Http404
    return render(request, "members/calendar.html", {"address": address})
