"""Pages by which staff prepare a session, change it, announce it, end it and give it materials."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from members.web.guards import AssociationRequest, association_page
from spm_portal.common.attempt import posted, tried
from spm_portal.common.refusal import Refused
from training.enums import LIVE_REGISTRATIONS, Moment
from training.forms.sessions import (
    DayFormSet,
    MaterialForm,
    ReasonForm,
    SessionForm,
    first_days,
    first_values,
)
from training.models import Course, TrainingSession
from training.selectors.materials import materials_of, works_like
from training.services import session_materials, sessions
from training.services.session_trainers import DoubleBooked, rights_of
from training.web.ids import chosen_ids
from training.web.sessions import SessionRequest, session_page


@association_page("training.manage_training")
@require_http_methods(["GET", "HEAD", "POST"])
def session_new(request: AssociationRequest) -> HttpResponse:
    """A session of a course; without a course the page asks for one."""
    courses = Course.objects.visible_to(request.user).current().filter(association=request.association)
    chosen = _uuid(request.POST.get("course") or request.GET.get("course", ""))
    course = courses.select_related("association").filter(pk=chosen).first() if chosen else None
    if course is None:
        page = {"courses": courses.order_by("title", "pk"), "crumbs": _crumbs(request)}
        status = 422 if request.method == "POST" else 404 if chosen else 200
        return render(request, "training/sessions/choose.html", page, status=status)
    return _edit(request, course, None)


@session_page("training.run_session")
@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: SessionRequest) -> HttpResponse:
    """What is said of a session."""
    return _edit(request, request.training_session.course, request.training_session)


def _edit(request: AssociationRequest, course: Course, session: TrainingSession | None) -> HttpResponse:
    rights = rights_of(course.pk, timezone.localdate())
    form = SessionForm(posted(request), rights=rights, initial=first_values(course, session))
    formset = DayFormSet(posted(request), prefix="day", initial=first_days(session))
    doubled = False
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        days = [one.day for one in formset if one.day is not None]
        act: dict[str, Any] = {"values": form.values(days), "by": request.user, "at": timezone.now()}
        try:
            if session is None:
                made = sessions.prepare(course_id=course.pk, **act)
                messages.success(
                    request, _("The session is prepared. Look at it, then announce it to the members.")
                )
            else:
                made = sessions.change(session_id=session.pk, **act)
                messages.success(request, _("Saved."))
            return redirect("training_session", request.association.slug, made.pk)
        except DoubleBooked as warning:
            doubled = True
            form.add_error("confirmed", str(warning.message))
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    bad = bool(form.errors) or (formset.is_bound and not formset.is_valid())
    context = {
        "form": form,
        "formset": formset,
        "course": course,
        "session": session,
        "doubled": doubled or form.data.get("confirmed"),
        "crumbs": _crumbs(request, session),
    }
    return render(request, "training/sessions/edit.html", context, status=422 if bad else 200)


@session_page("training.run_session")
@require_POST
def session_announce(request: SessionRequest) -> HttpResponse:
    """Show it to members and write to their people."""
    session = request.training_session
    try:
        _done, told = sessions.announce(session_id=session.pk, by=request.user, at=timezone.now())
        words = ngettext(
            "Announced: %(count)s person was told.", "Announced: %(count)s people were told.", told
        )
        messages.success(request, words % {"count": told})
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("training_session", request.association.slug, session.pk)


@session_page("training.run_session")
@require_POST
def session_held(request: SessionRequest) -> HttpResponse:
    """Close it as held."""
    session = request.training_session
    try:
        sessions.mark_held(
            session_id=session.pk, meets=chosen_ids(request.POST, "needs"), by=request.user, at=timezone.now()
        )
        messages.success(request, _("The session is closed as held."))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("training_session", request.association.slug, session.pk)


@session_page("training.run_session")
@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: SessionRequest) -> HttpResponse:
    """Cancel it, with the reason that everybody reads."""
    session = request.training_session
    form = ReasonForm(posted(request))
    if request.method == "POST":
        said = tried(
            form,
            lambda: sessions.cancel(
                session_id=session.pk, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            ),
            _("The session is cancelled, and everybody who was registered is told."),
        )
        if said:
            messages.success(request, said)
            return redirect("training_session", request.association.slug, session.pk)
    context = {
        "form": form,
        "session": session,
        "people": session.registrations.filter(state__in=LIVE_REGISTRATIONS).count(),
        "crumbs": _crumbs(request, session),
    }
    return render(request, "training/sessions/cancel.html", context, status=422 if form.errors else 200)


@session_page("training.run_session")
@require_http_methods(["GET", "HEAD", "POST"])
def session_materials_page(request: SessionRequest) -> HttpResponse:
    """Works that participants get: the course's, and those that the session adds."""
    session, act = request.training_session, {"by": request.user, "at": timezone.now()}
    problem = ""
    if request.method == "POST":
        try:
            problem = _write_material(request, session, act)
        except Refused as refusal:
            problem = str(refusal.message)
        if not problem:
            messages.success(request, _("Saved."))
            return redirect("session_materials", request.association.slug, session.pk)
    search = request.GET.get("q", "").strip()[:100]
    context = {
        "session": session,
        "materials": materials_of(session),
        "search": search,
        "found": works_like(session, search),
        "moments": Moment.choices,
        "problem": problem,
    }
    return render(request, "training/sessions/materials.html", context, status=422 if problem else 200)


def _write_material(request: SessionRequest, session: TrainingSession, act: dict[str, Any]) -> str:
    """Give or take back; what was wrong."""
    if request.POST.get("action") == "remove":
        material = _uuid(request.POST.get("material", ""))
        if material is None:
            raise Http404
        session_materials.take_back(session_id=session.pk, material_id=material, **act)
        return ""
    form = MaterialForm(request.POST)
    if not form.is_valid():
        return _("Choose a work, and when participants get it.")
    session_materials.give(
        session_id=session.pk,
        work_id=form.cleaned_data["work"],
        moment=form.cleaned_data["moment"],
        **act,
    )
    return ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _crumbs(request: AssociationRequest, session: TrainingSession | None = None) -> list[dict[str, str]]:
    slug = request.association.slug
    found = [{"label": _("Sessions"), "url": reverse("sessions", args=[slug])}]
    if session is not None:
        found.append({"label": session.title, "url": reverse("training_session", args=[slug, session.pk])})
    return found
