"""The list of who was there, made for a phone: one tap for each person and day, or one form without scripts."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from spm_portal.common.refusal import Refused
from training.enums import SessionState
from training.forms.learning import marks_of
from training.models import SessionDay
from training.selectors.attendance import AttendanceList, attendance_list, day_to_mark
from training.services import attendance as service
from training.web.teaching import TeachingRequest, account_door, link_door
from training.windows import MARK_BEFORE, Span, may_mark


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def _attendance(request: TeachingRequest) -> HttpResponse:
    """One day of the list; a tap sends one person's mark, the button all of them."""
    door = request.door
    found = attendance_list(door.session)
    place = _place(request.GET.get("day", ""), len(found.days))
    if place is None:
        place = day_to_mark(found.days, timezone.now())
    if request.method == "POST":
        return _mark(request, found.days, place)
    return render(request, "training/learning/attendance.html", _context(request, found, place))


def _mark(request: TeachingRequest, days: Sequence[SessionDay], place: int) -> HttpResponse:
    door = request.door
    day = days[place] if days else None
    marks = marks_of(request.POST, day.pk) if day else []
    try:
        count = service.mark(
            session_id=door.session.pk,
            marks=marks,
            by=door.by,
            at=timezone.now(),
            expert=door.expert,
            # what was chosen by hand on the same page, where no script saved it, goes along
            others_present_on=day.pk if day and "all_present" in request.POST else None,
        )
    except Refused as refused:
        context = _context(request, attendance_list(door.session), place) | {"refused": refused.message}
        template = (
            "training/learning/_attendance_row.html" if request.htmx else "training/learning/attendance.html"
        )
        if request.htmx:
            context |= _row(context, marks)
        return render(request, template, context, status=409)
    if request.htmx:
        context = _context(request, attendance_list(door.session), place) | {"oob": True}
        return render(request, "training/learning/_attendance_row.html", context | _row(context, marks))
    messages.success(
        request,
        ngettext("%(count)s mark is saved.", "%(count)s marks are saved.", count) % {"count": count}
        if count
        else _("Nothing was changed."),
    )
    return redirect(f"{door.attendance_url}?day={place + 1}")


def _context(request: TeachingRequest, found: AttendanceList, place: int) -> dict[str, Any]:
    door, at = request.door, timezone.now()
    day = found.days[place] if found.days else None
    context: dict[str, Any] = {
        "door": door,
        "session": door.session,
        "association": door.session.association,
        "base": "training/learning/_link.html" if door.is_link else "base.html",
        "list": found,
        "place": place,
        "day": day,
        "rows": [
            (member.name, [(seat, seat.marks[place]) for seat in member.seats] if found.days else [])
            for member in found.members
        ],
        "counts": found.counts(place) if found.days else (0, 0, 0),
        "is_open": day is not None
        and may_mark(Span(day.starts_at, day.ends_at), at)
        and door.session.state in (SessionState.ANNOUNCED, SessionState.HELD),
        "may_register": door.is_run and at < door.session.ends_at,
        "opens_at": day.starts_at - MARK_BEFORE if day else None,
    }
    return context | ({"shell": None} if door.is_link else {})


def _row(context: dict[str, Any], marks: list[service.Mark]) -> dict[str, Any]:
    """The one person whose mark was sent."""
    wanted = marks[0].registration if marks else None
    for _member, seats in context["rows"]:
        for seat, mark in seats:
            if seat.registration.pk == wanted:
                return {"seat": seat, "mark": mark}
    return {"seat": None, "mark": None}


def _place(text: str, days: int) -> int | None:
    """The place of the day that the address names, counted from 1; None for none of this session."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return number - 1 if 1 <= number <= days else None


session_attendance, teaching_attendance = account_door(_attendance), link_door(_attendance)
