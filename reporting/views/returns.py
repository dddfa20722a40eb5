"""The MFI's pages of its return: overview, one page per section, all problems."""

import zoneinfo
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.access import access_of
from members.web.guards import AssociationRequest, association_page, require
from reporting.catalogue import Section
from reporting.forms.answers import changes_of, read_typed
from reporting.models import Submission
from reporting.selectors.beside import kinds_beside
from reporting.selectors.evidence import citations_of
from reporting.selectors.home import ReturnCard
from reporting.selectors.notices import timeline
from reporting.selectors.paper import PaperState, paper_events, paper_of
from reporting.selectors.questions import open_count, rights_of, threads_of
from reporting.selectors.replies import asked_until
from reporting.selectors.returns import ReturnSheet, load_sheet, return_in
from reporting.selectors.verification import checked_words
from reporting.services.answers import EditRefused, save_answers
from reporting.web.fields import FieldMaker
from reporting.web.panels import all_problems, first_to_do, panels_of
from reporting.web.team import Team
from spm_portal.common.clocks import clock_of


def submission_of(request: AssociationRequest, pk: UUID) -> Submission:
    """The return, if the person may see it and it belongs to the association of the address."""
    # whether the person may see it is told from the roles that the request has read already
    found = return_in(request.association, pk)
    if found is None or not request.user.has_perm("reporting.view_return", found):
        raise Http404
    return found


def frame_of(request: AssociationRequest, sheet: ReturnSheet) -> dict[str, Any]:
    """What every page of a return shows: itself, who asks, and what they may do with it."""
    submission = sheet.submission
    base = reverse("return", args=[request.association.slug, submission.pk])
    there = SimpleLazyObject(lambda: kinds_beside(submission))
    return {
        "there": there,
        "sheet": sheet,
        "submission": submission,
        "round": submission.round,
        "slug": request.association.slug,
        # lazy: asked for only by pages that show it, and only where there is any
        "cited": SimpleLazyObject(
            lambda: citations_of(submission, reader=request.user) if there.citations else {}
        ),
        "help_base": f"{base}help/",
        "cite_base": f"{base}citations/",
        "flag_url": f"{base}flags/",
        "team": Team(sheet, request.user, given=there.given, flags=there.flags),
        "save_url": f"{base}answers/",
        "may_edit": request.user.has_perm("reporting.edit_return", submission),
        "paper": SimpleLazyObject(lambda: paper_of(submission) if there.paper else PaperState(())),
        "may_key": request.user.has_perm("reporting.key_paper_return", submission),
        "may_cite": request.user.has_perm("reporting.cite_evidence", submission),
        "may_sign": request.user.has_perm("reporting.submit_return", submission),
        "may_review": request.user.has_perm("reporting.review_return", submission),
        "is_staff": request.user.has_perm("reporting.view_board", submission.round),
    }


@association_page()
@require_safe
def return_overview(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    sheet = load_sheet(submission)
    if submission.touched_by_id == request.user.pk:
        submission.touched_by = request.user
    zone = zoneinfo.ZoneInfo(request.association.time_zone)
    card = ReturnCard(
        submission=submission,
        days_left=submission.due.days_to_go(timezone.now(), zone),
        may_sign=submission.institution_id in access_of(request.user).signs,
    )
    frame = frame_of(request, sheet)
    panels = panels_of(sheet)
    events = [*timeline(submission), *paper_events(frame["paper"])]
    return render(
        request,
        "reporting/returns/overview.html",
        frame
        | {
            "card": card,
            "panels": panels,
            "continue_url": first_to_do(panels),
            "events": sorted(events, key=lambda event: event.at, reverse=True),
            "open_questions": open_count(submission) if frame["there"].questions else 0,
            "checked": checked_words(sheet),
            "reply_until": _reply_until(request, submission),
        },
    )


def _reply_until(request: AssociationRequest, submission: Submission) -> str:
    """Until when the MFI may reply to what will be published, in the association's time; empty if it may not."""
    until = asked_until(submission, timezone.now())
    return clock_of(until, request.association.time_zone, weekday=True) if until else ""


@association_page()
@require_safe
def return_problems(request: AssociationRequest, pk: UUID) -> HttpResponse:
    sheet = load_sheet(submission_of(request, pk))
    return render(
        request,
        "reporting/returns/problems.html",
        frame_of(request, sheet) | {"problems": all_problems(sheet)},
    )


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def return_section(request: AssociationRequest, pk: UUID, code: str) -> HttpResponse:
    submission = submission_of(request, pk)
    sheet = load_sheet(submission)
    section = _section(sheet, code)
    if request.method == "POST":
        return _save_section(request, sheet, section)
    return section_page(request, section, FieldMaker(sheet))


def _section(sheet: ReturnSheet, code: str) -> Section:
    found = next((section for section in sheet.sections if section.code == code), None)
    if found is None:
        raise Http404
    return found


def section_page(
    request: AssociationRequest, section: Section, maker: FieldMaker, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The page of a section; with what the person has just sent where it could not be saved."""
    frame = frame_of(request, maker.sheet)
    return render(
        request,
        "reporting/returns/section.html",
        frame
        | {
            "minutes_here": frame["team"].minutes.get(section.code, 0) if frame["may_edit"] else 0,
            "section": section,
            "fields": maker.fields(section),
            "panels": panels_of(maker.sheet, section, told=maker.told),
            "refusal": refusal,
            "page": uuid4(),
            "threads": threads_of(maker.sheet.submission, at=timezone.now())
            if frame["there"].questions
            else (),
            **rights_of(request.user, maker.sheet.submission),
        },
        status=status,
    )


def _save_section(request: AssociationRequest, sheet: ReturnSheet, section: Section) -> HttpResponse:
    """Save every question that was sent, whatever section it is of, and stay, or go on where asked and clean."""
    typed = read_typed(sheet, request.POST, request.FILES, language=get_language() or "en")
    try:
        result = save_answers(
            submission_id=sheet.submission.pk,
            changes=changes_of(typed.values(), request.POST),
            by=request.user,
            at=timezone.now(),
            sheet=sheet,
        )
    except EditRefused as refusal:
        require(request, "reporting.view_return", sheet.submission)
        return section_page(
            request,
            section,
            FieldMaker(load_sheet(submission_of(request, sheet.submission.pk))),
            status=403,
            refusal=refusal.message,
        )
    faults = {code: one.fault for code, one in typed.items() if one.fault}
    if result.is_clean and not faults:
        if result.saved:
            messages.success(request, _("Saved."))
        return redirect(_next_address(request, result.sheet, section))
    maker = FieldMaker(
        result.sheet,
        typed=typed,
        saved=result.saved,
        refused={**result.refused, **faults},
        conflicts=result.conflicts,
    )
    return section_page(request, section, maker, status=409 if result.conflicts else 422)


def _next_address(request: AssociationRequest, sheet: ReturnSheet, section: Section) -> str:
    args = [request.association.slug, sheet.submission.pk]
    if "go_on" in request.POST:
        after = panels_of(sheet, section).after
        return after.url if after else reverse("return", args=args)
    return reverse("return_section", args=[*args, section.code])
