"""A trainer's own pages: sessions, materials, documents and conflicts, with an account or by a personal link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import found_or_404, public_page
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.origin import address_of
from training.datasets.session_calendar import session_file
from training.models import Expert
from training.selectors import roster, teaching
from training.selectors.materials import by_moment, materials_of
from training.selectors.sessions import days_for
from training.services.downloads import count_download
from training.views.sessions import calendar_answer
from training.web.links import EXPERT_LINK
from training.web.own_teaching import OwnRequest, account_door, link_door
from training.web.papers import change_papers, papers_of


@public_page
@never_cache
@require_safe
def teaching_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail links to: lets this browser in and goes on to an address without the token."""
    return EXPERT_LINK.open(request, token)


@require_http_methods(["GET", "HEAD", "POST"])
def _home(request: OwnRequest) -> HttpResponse:
    """My sessions, and what I keep up to date: documents and conflicts of interest."""
    own, at, today = request.own, timezone.now(), timezone.localdate()
    named = {one.pk: roster.institutions_to_name(one.association, on=today) for one in own.experts}
    forms = {one.pk: papers_of(named[one.pk], prefix=f"{one.pk.hex[:8]}-") for one in own.experts}
    status = 200
    if request.method == "POST":
        expert = _chosen(own.experts, request.POST.get("expert", ""))
        words = change_papers(
            request,
            request.POST.get("action", ""),
            expert,
            forms[expert.pk],
            named[expert.pk],
            own.by,
            prefix=f"{expert.pk.hex[:8]}-",
        )
        if words:
            messages.success(request, words)
            return redirect(own.url("my_teaching_account"))
        status = 422
    keys = [one.pk for one in own.experts]
    documents, conflicts = roster.documents_of(keys), roster.conflicts_of(keys)
    entries = [
        {
            "expert": one,
            "papers": forms[one.pk],
            "documents": [each for each in documents if each.expert_id == one.pk],
            "conflicts": [each for each in conflicts if each.expert_id == one.pk],
            "rights": roster.rights_of(one),
        }
        for one in own.experts
    ]
    context = {
        "entries": entries,
        "teaching": teaching.teaching_of(own.experts, at=at),
        "several": len(own.experts) > 1,
        "today": today,
    }
    return render(request, "training/teaching/home.html", _frame(request) | context, status=status)


@require_safe
def _session(request: OwnRequest, session: UUID) -> HttpResponse:
    """One session that I teach: days, place, participants, materials, and where to mark attendance."""
    own = request.own
    found = found_or_404(teaching.sessions_of_experts(own.experts), pk=session)
    zone = timezone.get_current_timezone_name()
    people, institutions = teaching.participants_of(found.pk)
    context = {
        "session": found,
        "association": found.association,
        "days": days_for(found, zone),
        "materials": by_moment(found),
        "people": people,
        "institutions": institutions,
        "attendance_url": own.of_session(found, "session_attendance"),
        "results_url": own.of_session(found, "session_results"),
        "calendar_url": own.of_session(found, "session_ics"),
        "papers_url": own.of_session(found, "session_paper"),
        "questions": found.course.questions.filter(retired_at__isnull=True).exists(),
    }
    return render(request, "training/teaching/session.html", _frame(request) | context)


@require_safe
def _calendar(request: OwnRequest, session: UUID) -> HttpResponse:
    """The session for my calendar; the address in it opens my page of it."""
    found = found_or_404(teaching.sessions_of_experts(request.own.experts), pk=session)
    page = address_of("teaching_session", request.own.experts[0].pk, found.pk)
    body = session_file(found, at=timezone.now(), address=page, with_link=True)
    return calendar_answer(body, name=f"session-{found.starts_at:%Y-%m-%d}.ics")


@require_safe
def _material(request: OwnRequest, session: UUID, version: UUID) -> HttpResponse:
    """The file of a material of a session that I teach."""
    found = found_or_404(teaching.sessions_of_experts(request.own.experts), pk=session)
    chosen = next((one.version for one in materials_of(found) if one.version.pk == version), None)
    if chosen is None or not chosen.file:
        raise Http404
    count_download(version=chosen, at=timezone.now())
    return handed_in_file(chosen.file, name=chosen.name, content_type=chosen.content_type)


@require_safe
def _document(request: OwnRequest, document: UUID) -> HttpResponse:
    """A document of mine."""
    held = roster.documents_of([one.pk for one in request.own.experts])
    found = next((one for one in held if one.pk == document), None)
    if found is None:
        raise Http404
    return handed_in_file(found.file, name=found.name, content_type=found.content_type)


# the same pages behind both doors
my_teaching_account, my_teaching = account_door(_home), link_door(_home)
my_teaching_session, teaching_session = account_door(_session), link_door(_session)
teaching_calendar = link_door(_calendar)  # with an account it is the page of the session that hands it out
my_teaching_material, teaching_material = account_door(_material), link_door(_material)
my_teaching_document, teaching_document = account_door(_document), link_door(_document)


def _chosen(experts: tuple[Expert, ...], key: str) -> Expert:
    """The entry that a form is about; where there is only one, no form has to say it."""
    if len(experts) == 1:
        return experts[0]
    found = next((one for one in experts if str(one.pk) == key), None)
    if found is None:
        raise Http404
    return found


def _frame(request: OwnRequest) -> dict[str, Any]:
    """What every page shows; behind a link no address of it leads into the portal."""
    own = request.own
    frame: dict[str, Any] = {
        "own": own,
        "base": "links/_base.html" if own.is_link else "base.html",
        "home_url": own.url("my_teaching_account"),
    }
    if own.is_link:
        frame |= {"association": own.experts[0].association, "shell": None}
    return frame
