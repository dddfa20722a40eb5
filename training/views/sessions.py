"""Pages about sessions: what is on, the year by months, one session, its calendar file and its list of people."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page
from spm_portal.common.origin import address_of
from spm_portal.common.table_files import kind_of, table_file
from training.datasets.participants_file import participants
from training.datasets.session_calendar import session_file
from training.enums import LIVE_REGISTRATIONS, RegistrationState, SessionState, Topic
from training.selectors.materials import by_moment
from training.selectors.money import totals_of
from training.selectors.needs import answered_by
from training.selectors.registrations import groups_of
from training.selectors.session_calendar import months_of
from training.selectors.sessions import (
    days_for,
    filtered,
    is_open,
    listed,
    places_of,
    rows_of,
    sees_join_link,
    sessions_of,
)
from training.services.registrations import may_register
from training.web.sessions import SessionRequest, session_page
from training.web.tabs import may_open

PAGE_SIZE = 25
FIRST_YEAR, LAST_YEAR = 2000, 2100


@association_page("training.view_calendar")
@require_safe
def session_list(request: AssociationRequest) -> HttpResponse:
    """What is on, what was, and for staff what is being prepared."""
    is_staff = request.user.has_perm("training.manage_training", request.association)
    tabs = [("upcoming", _("To come")), ("past", _("Past")), ("cancelled", _("Cancelled"))]
    if is_staff:
        tabs.insert(1, ("drafts", _("Being prepared")))
    show = request.GET.get("show", "upcoming")
    if show not in dict(tabs):
        show = "upcoming"
    topic, search = request.GET.get("topic", ""), request.GET.get("q", "").strip()[:100]
    found = filtered(
        sessions_of(request.association, request.user),
        show=show,
        at=timezone.now(),
        topic=topic if topic in Topic.values else "",
        search=search,
    )
    page = Paginator(listed(found), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": rows_of(page.object_list, request.user),
        "page": page,
        "tabs": tabs,
        "show": show,
        "topic": topic,
        "topics": Topic.choices,
        "search": search,
        "is_staff": is_staff,
        "now": timezone.now(),
    }
    return render(request, "training/sessions/list.html", context)


@association_page("training.view_calendar")
@require_safe
def sessions_year(request: AssociationRequest, year: int) -> HttpResponse:
    """The calendar of a year, month by month."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    months = months_of(request.association, year, request.user)
    context = {
        "year": str(year),
        "before": year - 1,
        "after": year + 1,
        "months": [month for month in months if month.rows],
        "is_staff": request.user.has_perm("training.manage_training", request.association),
    }
    return render(request, "training/sessions/year.html", context)


@session_page("training.view_session")
@require_safe
def training_session(request: SessionRequest) -> HttpResponse:
    """One session: for members with their own people, for staff with all and what is to do."""
    session, user, now = request.training_session, request.user, timezone.now()
    is_staff = user.has_perm("training.run_session", session)
    teaches = user.has_perm("training.teach_session", session)
    groups = groups_of(session, user)
    mine = any(row.registration.state in LIVE_REGISTRATIONS for group in groups for row in group.rows)
    context = {
        "session": session,
        "crumbs": [{"label": _("Sessions"), "url": reverse("sessions", args=[request.association.slug])}],
        "days": days_for(session, user.time_zone or request.association.time_zone),
        "places": places_of([session])[session.pk],
        "trainers": session.trainers.select_related("expert").order_by("expert__name"),
        "moments": by_moment(session) if is_staff or teaches or mine else [],
        "groups": groups,
        "requested": sum(len(group.rows) for group in groups if group.state == RegistrationState.REQUESTED),
        "is_staff": is_staff,
        "teaches": teaches,
        "is_open": is_open(session, now),
        "is_over": session.ends_at <= now,
        "needs": answered_by(session)
        if is_staff and session.state == SessionState.ANNOUNCED and session.ends_at <= now
        else (),
        "can_change": is_staff and session.state in (SessionState.DRAFT, SessionState.ANNOUNCED),
        "may_register": may_register(session, user, at=now),
        "sees_join_link": bool(session.online_url) and sees_join_link(session, user),
        "totals": totals_of([session.pk])[session.pk] if is_staff else None,
        "shows_changes": session.state == SessionState.HELD
        and may_open(user, request.association, "what_changed"),
        "now": now,
    }
    return render(request, "training/sessions/session.html", context)


@session_page("training.view_session")
@require_safe
def session_ics(request: SessionRequest) -> HttpResponse:
    """The session for a calendar."""
    session = request.training_session
    body = session_file(
        session,
        at=timezone.now(),
        address=address_of("training_session", request.association.slug, session.pk),
        with_link=sees_join_link(session, request.user),
    )
    return calendar_answer(body, name=f"{request.association.slug}-{session.starts_at:%Y-%m-%d}.ics")


def calendar_answer(body: bytes, *, name: str) -> HttpResponse:
    """A calendar file that browsers hand to the calendar."""
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


@session_page("training.run_session")
@require_safe
def session_people_file(request: SessionRequest, kind: str) -> HttpResponse:
    """Everybody who is or was registered, as a file."""
    kind = kind_of(kind)
    session = request.training_session
    sheet = participants(session, groups_of(session, request.user))
    name = f"{request.association.slug}-participants-{session.starts_at:%Y-%m-%d}"
    return table_file([sheet], kind=kind, name=name)
