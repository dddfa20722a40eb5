"""An association's home: what to do next, for its staff, its members' people and its donors."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.access import access_of
from members.web.guards import AssociationRequest, association_page
from reporting.models import Release
from reporting.selectors.home import member_home
from reporting.selectors.notices import notices
from reporting.selectors.replies import asked_of
from reporting.selectors.rounds import board_of, current_round, waiting_for_staff
from reporting.selectors.team import sections_for
from reporting.views.rounds import board_tiles
from training.selectors.home import for_member, for_staff

SHOWN = 8


@association_page("members.view_association")
@require_safe
def association_home(request: AssociationRequest) -> HttpResponse:
    association, user = request.association, request.user
    access = access_of(user)
    is_staff = association.pk in access.staff_of
    context: dict[str, Any] = {
        "is_staff": is_staff,
        "is_member": association.pk in access.member_in,
        "may_open": user.has_perm("reporting.open_round", association),
        "releases": Release.objects.visible_to(user)
        .filter(association=association)
        .select_related("round")
        .order_by("-published_at", "-round__period_end")[:SHOWN],
        "notices": notices(user, association, limit=SHOWN),
    }
    if context["is_member"]:
        context["member_home"] = member_home(user, association, at=timezone.now())
        context["sections_for_you"] = sections_for(user, association)
        context["asked_to_reply"] = asked_of(user, association, at=timezone.now())
    if is_staff:
        current = current_round(association, user)
        if current is not None:
            current.association = association
            board = board_of(current, at=timezone.now())
            context |= {"round": current, "board": board, "tiles": board_tiles(board)}
        waiting = list(waiting_for_staff(association, user)[: SHOWN + 1])
        context |= {"waiting": waiting[:SHOWN], "more_waiting": len(waiting) > SHOWN}
    if user.has_perm("training.view_calendar", association):
        waits = for_staff if is_staff else for_member
        context["training_waits"] = waits(association, user, timezone.now())
    return render(request, "reporting/home.html", context)
