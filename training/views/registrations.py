"""Pages about registrations: members register people, both sides look at one, staff answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from members.access import access_of
from members.forms import country_choices
from members.models import Institution
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import posted
from spm_portal.common.refusal import Refused
from training.enums import LIVE_REGISTRATIONS, RegistrationState, SessionState
from training.forms.registrations import LINES, MOST_LINES, PersonForm, PersonFormSet, more_lines
from training.models import Participant, Registration
from training.selectors.registrations import (
    awards_of,
    known_people,
    place_in_queue,
    registrations_of,
    waits_for,
)
from training.selectors.sessions import places_of
from training.services import approvals, registration_links, registrations
from training.services.registrations import PeopleRefused, Person, may_register
from training.web.sessions import SessionRequest, session_page

OWN = "own"  # people of the association itself


@session_page("training.view_session")
@require_http_methods(["GET", "HEAD", "POST"])
def session_register(request: SessionRequest) -> HttpResponse:
    """Register several people at once: those known from before, and new ones."""
    session = request.training_session
    choices = _members(request)
    if not choices and not request.user.has_perm("training.run_session", session):
        raise PermissionDenied
    chosen = request.POST.get("institution") or request.GET.get("institution", "")
    institution = next((one for one in choices if str(one.pk) == chosen), None)
    if institution is None and len(choices) == 1:
        institution = choices[0]
    is_ready = institution is not None or (
        chosen == OWN and request.user.has_perm("training.run_session", session)
    )
    known = known_people(session, institution) if is_ready else []
    country = institution.country if institution else ""
    wants_lines = request.method == "POST" and "more" in request.POST
    initial: list[dict[str, Any]] = [{"country": country} for _line in range(LINES)]
    sent = more_lines(request.POST, country) if wants_lines else posted(request)
    formset = PersonFormSet(sent, prefix="person", initial=initial)
    problem, status = "", 200
    ticked = set(request.POST.getlist("known"))
    if request.method == "POST" and is_ready and not wants_lines:
        status = 422
        is_whole = formset.is_valid()
        people, places = _people(formset, known, ticked)
        try:
            if not is_whole:
                raise PeopleRefused(registrations.faults_of(session, institution, people))
            made = registrations.register(
                session_id=session.pk,
                institution_id=institution.pk if institution else None,
                people=people,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _told(made))
            return redirect("training_session", request.association.slug, session.pk)
        except PeopleRefused as refusal:
            problem = _mark(refusal.faults, places)
        except Refused as refusal:
            problem = str(refusal.message)
    context = {
        "session": session,
        "institutions": choices,
        "institution": institution,
        "is_ready": is_ready,
        "is_own": is_ready and institution is None,
        "may_register": may_register(session, request.user, at=timezone.now()),
        "is_staff": request.user.has_perm("training.run_session", session),
        "waits": waits_for(session, institution) if is_ready else "",
        "known": [(one, str(one.pk) in ticked) for one in known],
        "formset": formset,
        "countries": [name for _code, name in country_choices()],
        "may_have_more": len(formset.forms) < MOST_LINES,
        "problem": problem,
        "places": places_of([session])[session.pk],
        "crumbs": _crumbs(request, session.title, session.pk),
    }
    return render(request, "training/registration/register.html", context, status=status)


def _members(request: SessionRequest) -> list[Institution]:
    """Whose people the person may register: all members for staff, else the own MFIs."""
    if request.user.has_perm("training.run_session", request.training_session):
        return list(Institution.objects.members_of(request.association).order_by("name", "pk"))
    mine = access_of(request.user).works_for
    if not request.user.has_perm("training.register_people", request.association):
        return []
    return list(
        Institution.objects.members_of(request.association).filter(pk__in=mine).order_by("name", "pk")
    )


def _people(
    formset: Any, known: list[Participant], ticked: set[str]
) -> tuple[list[Person], list[PersonForm | Participant]]:
    """Everybody who was named, with the line that each came from."""
    people: list[Person] = []
    places: list[PersonForm | Participant] = []
    for one in known:
        if str(one.pk) in ticked:
            people.append(Person(one.name, one.sex, one.email, True, one.job, one.country))
            places.append(one)
    for form in formset:
        if form.person is not None:
            people.append(form.person)
            places.append(form)
    return people, places


def _mark(faults: dict[int, dict[str, str]], places: list[PersonForm | Participant]) -> str:
    """Put what is wrong beside what it is about; what to say above all of it."""
    of_known: list[str] = []
    for number, found in faults.items():
        place = places[number]
        if isinstance(place, PersonForm):
            for name, words in found.items():
                if name not in place.errors:
                    place.add_error(name, words)
        else:
            of_known += found.values()
    return " ".join(of_known) or _("Nobody is registered yet: correct what is marked below, then send again.")


def _told(made: list[Registration]) -> str:
    """How many got what, in words."""
    counts = {
        state: sum(one.state == state for one in made)
        for state in (RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.REQUESTED)
    }
    words = {
        RegistrationState.CONFIRMED: ngettext(
            "%(count)s person has a seat.",
            "%(count)s people have a seat.",
            counts[RegistrationState.CONFIRMED],
        ),
        RegistrationState.WAITING: ngettext(
            "%(count)s person is on the waiting list.",
            "%(count)s people are on the waiting list.",
            counts[RegistrationState.WAITING],
        ),
        RegistrationState.REQUESTED: ngettext(
            "%(count)s person waits for the association’s approval.",
            "%(count)s people wait for the association’s approval.",
            counts[RegistrationState.REQUESTED],
        ),
    }
    told = [words[state] % {"count": count} for state, count in counts.items() if count]
    return " ".join([*told, _("Each person has a mail with the link to the own page.")])


@session_page("training.run_session")
@require_POST
def session_approve(request: SessionRequest) -> HttpResponse:
    """Approve those who are ticked, or all."""
    session = request.training_session
    asked = session.registrations.filter(state=RegistrationState.REQUESTED)
    if request.POST.get("action") != "all":
        asked = asked.filter(pk__in=[one for one in map(_uuid, request.POST.getlist("people")) if one])
    chosen = list(asked.values_list("pk", flat=True))
    if not chosen:
        messages.error(request, _("Tick those whom you approve, or approve all."))
        return redirect("training_session", request.association.slug, session.pk)
    try:
        done = approvals.approve(
            session_id=session.pk, registration_ids=chosen, by=request.user, at=timezone.now()
        )
        if done:
            messages.success(request, _told(done))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("training_session", request.association.slug, session.pk)


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One registration; POST answers or ends it."""
    found = _found(request, pk)
    problem = ""
    if request.method == "POST":
        try:
            messages.success(request, _act(request, found))
            return redirect("registration", request.association.slug, found.pk)
        except Refused as refusal:
            problem = str(refusal.message)
    session = found.session
    is_live = found.state in LIVE_REGISTRATIONS
    context = {
        "registration": found,
        "session": session,
        "award": awards_of([found.pk]).get(found.pk),
        "place": place_in_queue(found),
        "is_staff": request.user.has_perm("training.answer_registration", found),
        "is_live": is_live,
        "can_end": is_live and session.state == SessionState.ANNOUNCED and session.ends_at > timezone.now(),
        "can_send_link": registration_links.may_send(found, at=timezone.now()),
        "email": request.POST.get("email", found.participant.email),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "crumbs": _crumbs(request, session.title, session.pk),
    }
    return render(request, "training/registration/registration.html", context, status=422 if problem else 200)


def _act(request: AssociationRequest, found: Registration) -> str:
    """Do what the button says; what happened, in words."""
    act: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    one: dict[str, Any] = {"registration_id": found.pk, **act}
    reason = request.POST.get("reason", "")
    action = request.POST.get("action", "")
    if action == "cancel":
        registrations.cancel(reason=reason, **one)
        return _("The registration is cancelled.")
    if action == "link":
        sent = registration_links.send_again(email=request.POST.get("email", ""), **one)
        return _("The link is on its way to %(email)s.") % {"email": sent.participant.email}
    if action not in {"approve", "refuse", "paid", "unpaid"}:
        raise Http404
    require(request, "training.answer_registration", found)
    if action == "approve":
        done = approvals.approve(session_id=found.session_id, registration_ids=[found.pk], **act)
        return _told(done) if done else _("This registration does not wait for approval any more.")
    if action == "refuse":
        approvals.refuse(reason=reason, **one)
        return _("The registration is refused.")
    approvals.mark_paid(paid=action == "paid", **one)
    return _("Saved.")


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def registration_replace(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Somebody else of the same MFI comes instead."""
    found = _found(request, pk)
    form = PersonForm(posted(request), initial={"country": found.participant.country})
    if request.method == "POST" and form.is_valid():
        person = form.person or Person("", "", "", consents=False)
        try:
            made = registrations.replace(
                registration_id=found.pk, person=person, by=request.user, at=timezone.now()
            )
            messages.success(request, _("%(name)s is registered instead.") % {"name": made.participant.name})
            return redirect("registration", request.association.slug, made.pk)
        except PeopleRefused as refusal:
            _mark(refusal.faults, [form])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    context = {
        "registration": found,
        "session": found.session,
        "form": form,
        "countries": [name for _code, name in country_choices()],
        "crumbs": _crumbs(request, found.session.title, found.session_id),
    }
    return render(request, "training/registration/replace.html", context, status=422 if form.errors else 200)


def _found(request: AssociationRequest, pk: UUID) -> Registration:
    found = found_or_404(registrations_of(request.association, request.user), pk=pk)
    require(request, "training.change_registration", found)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _crumbs(request: AssociationRequest, title: str, session: UUID) -> list[dict[str, str]]:
    slug = request.association.slug
    return [
        {"label": _("Sessions"), "url": reverse("sessions", args=[slug])},
        {"label": title, "url": reverse("training_session", args=[slug, session])},
    ]
