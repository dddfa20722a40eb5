"""The pages of a guest: one section of one return, without an account and without the rest of the portal."""

from typing import Any, cast
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.web.guards import public_page
from members.web.links import gone
from reporting.forms.answers import changes_of, read_typed, settled_conflict
from reporting.selectors.guidance import help_with, words_on
from reporting.selectors.minutes import minutes_left, usual_seconds
from reporting.selectors.one_section import SectionSheet, one_section
from reporting.selectors.returns import load_sheet
from reporting.services.answers import EditRefused, SaveResult
from reporting.services.guests import GuestGone, save_as_guest
from reporting.web.fields import FieldMaker
from reporting.web.guests import GUEST_LINK, GuestRequest, guest_page
from reporting.web.panels import Panels, all_problems
from reporting.web.swaps import swaps_of


@public_page
@never_cache
@require_safe
def guest_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail links to: lets this browser in and goes on to an address without the token."""
    return GUEST_LINK.open(request, token)


@guest_page
@require_http_methods(["GET", "HEAD", "POST"])
def guest_section(request: GuestRequest) -> HttpResponse:
    """The section with its questions; without scripts the button saves all of it."""
    sheet = _sheet(request)
    if request.method != "POST":
        return _page(request, FieldMaker(sheet))
    typed = _typed(request, sheet)
    try:
        result = _save(request, typed)
    except (GuestGone, EditRefused):
        return gone(request)
    faults = {code: one.fault for code, one in typed.items() if one.fault}
    if result.is_clean and not faults:
        messages.success(request, _("Saved. You can close this page, or go on later with the same link."))
        return redirect("guest_section", request.guest.pk)
    maker = _maker(request, result, typed, saved=result.saved)
    return _page(request, maker, status=409 if result.conflicts else 422)


@guest_page
@require_POST
def guest_answer(request: GuestRequest) -> HttpResponse:
    """Save one question, and answer with what that changed."""
    before = _sheet(request)
    settled = settled_conflict(request.POST)
    typed = _typed(request, before)
    if settled is not None:
        typed = {code: one for code, one in typed.items() if code == settled.code}
    code = next(iter(typed), settled.code if settled else "")
    if (
        not any(one.code == code for one in before.own_section.indicators)
        or code not in before.computed.asked
    ):
        raise Http404
    try:
        result = _save(request, typed)
    except (GuestGone, EditRefused):
        return gone(request)
    if not request.htmx:
        return _page(request, _maker(request, result, typed, saved=result.saved))
    maker = _maker(request, result, typed, saved={*result.saved, code})
    whole = settled is not None or code in result.untouched
    swaps = swaps_of(FieldMaker(before), maker, code, whole=whole)
    context = _frame(request, maker) | {
        "section": swaps.section,
        "field": swaps.field,
        "whole": swaps.whole,
        "late": code in result.late,
        "states": swaps.states,
        "fields": swaps.fields,
    }
    response = render(request, "reporting/guests/_saved.html", context, status=swaps.status)
    if swaps.whole:
        response["HX-Retarget"] = f"#f-{code}"
        response["HX-Reswap"] = "outerHTML"
    response["X-Answer"] = code
    return response


@guest_page
@require_safe
def guest_help(request: GuestRequest, code: str) -> HttpResponse:
    """Help with one question of the section."""
    sheet = _sheet(request)
    indicator = next((one for one in sheet.own_section.indicators if one.code == code), None)
    if indicator is None:
        raise Http404
    submission = sheet.submission
    words = words_on(submission.association, code, get_language() or "en")
    whole = not request.htmx
    return render(
        request,
        "reporting/guests/help.html" if whole else "reporting/guidance/_help.html",
        {
            "shell": None,
            "help": help_with(sheet.catalogue, indicator, words),
            "submission": submission,
            "round": submission.round,
            "catalogue_url": "",
            "back": reverse("guest_section", args=[request.guest.pk]),
        },
    )


def _sheet(request: GuestRequest) -> SectionSheet:
    """The return as the guest may see it."""
    return one_section(load_sheet(request.guest.submission), request.guest.section)


def _typed(request: GuestRequest, sheet: SectionSheet) -> dict[str, Any]:
    """What was sent to questions of the section; whatever else was sent is not looked at."""
    own = {one.code for one in sheet.own_section.indicators}
    typed = read_typed(sheet, request.POST, request.FILES, language=get_language() or "en")
    return {code: one for code, one in typed.items() if code in own}


def _save(request: GuestRequest, typed: dict[str, Any]) -> SaveResult:
    return save_as_guest(
        link_id=request.guest.pk, changes=changes_of(typed.values(), request.POST), at=timezone.now()
    )


def _maker(request: GuestRequest, result: SaveResult, typed: dict[str, Any], *, saved: Any) -> FieldMaker:
    refused = {**result.refused, **{code: one.fault for code, one in typed.items() if one.fault}}
    sheet = one_section(result.sheet, request.guest.section)
    return FieldMaker(sheet, typed=typed, saved=saved, refused=refused, conflicts=result.conflicts)


def _frame(request: GuestRequest, maker: FieldMaker) -> dict[str, Any]:
    """What every answer to a guest shows; no address of it leads into the portal."""
    link, sheet = request.guest, cast(SectionSheet, maker.sheet)
    base = reverse("guest_section", args=[link.pk])
    left = minutes_left(sheet, usual_seconds(link.association_id))
    return {
        "shell": None,
        "guest": link,
        "sheet": sheet,
        "submission": sheet.submission,
        "round": sheet.submission.round,
        "slug": sheet.submission.association.slug,
        "save_url": f"{base}answers/",
        "help_base": f"{base}help/",
        "flag_url": "",
        "may_edit": False,  # no link to a reason for a warning: that page is the MFI's
        "may_cite": False,
        "cited": {},
        "problems": all_problems(sheet),
        "panels": Panels(sections=(), here=all_problems(sheet), elsewhere=0, section=sheet.own_section),
        "minutes": left.get(link.section, 0),
    }


def _page(request: GuestRequest, maker: FieldMaker, *, status: int = 200) -> HttpResponse:
    section = cast(SectionSheet, maker.sheet).own_section
    context = _frame(request, maker) | {
        "section": section,
        "fields": maker.fields(section),
        "page": uuid4(),
    }
    return render(request, "reporting/guests/section.html", context, status=status)
