"""The form of one rater: what is left, the items of an area, and saving one item as it is chosen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capacity.enums import Stage
from capacity.forms.rating import has_word, word_of
from capacity.frameworks import Area
from capacity.selectors.rating import Lack, RatingSheet, sheet_of
from capacity.services.scores import Incomplete, RatingForbidden, SaveResult, hand_in, reopen, save_scores
from capacity.web.cards import cards_of, clash_words
from capacity.web.doors import RATER_LINK, RatingRequest, link_door, staff_door
from members.web.guards import public_page

SHORT_LIST = 15


@public_page
@never_cache
@require_safe
def rater_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail links to: lets this browser in and goes on to an address without the token."""
    return RATER_LINK.open(request, token)


@require_http_methods(["GET", "HEAD", "POST"])
def _summary(request: RatingRequest) -> HttpResponse:
    """How far the form is, what is missing, and the button that hands it in."""
    status = 200
    if request.method == "POST":
        move = {"hand_in": hand_in, "reopen": reopen}.get(request.POST.get("action", ""))
        if move is None:
            raise Http404
        try:
            move(rater_id=request.door.rater.pk, by=request.door.by, at=timezone.now())
        except Incomplete as incomplete:
            messages.error(request, str(incomplete))
            status = 422
        except RatingForbidden as refused:
            messages.error(request, str(refused))
            status = 409
        else:
            handed_in = move is hand_in
            messages.success(request, _("Handed in. Thank you.") if handed_in else _("Open again."))
            return redirect(request.door.url("rating"))
    sheet = sheet_of(request.door.rater)
    areas = [(one, request.door.url("rating_area", one.area.code)) for one in sheet.progress]
    # at first nearly all items are missing, which the counts of areas say better; who hands in is told each
    whole = status == 422 or len(sheet.missing) <= SHORT_LIST
    missing = [
        (item, lack, f"{request.door.url('rating_area', item.area)}#i-{item.code}")
        for item, lack in sheet.missing
        if whole or lack == Lack.EVIDENCE
    ]
    first = next((url for one, url in areas if one.lacking), areas[0][1])
    frame = _frame(request, sheet)
    context = frame | {
        "areas": areas,
        "missing": missing,
        "whole": whole,
        "first": first,
        "tried": status == 422,
    }
    return render(request, "capacity/rating/summary.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def _area(request: RatingRequest, area: str) -> HttpResponse:
    """The items of one area; without scripts the button saves all of them."""
    door = request.door
    sheet = sheet_of(door.rater)
    found = next((one for one in sheet.framework.areas if one.code == area), None)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _area_page(request, sheet, found)
    words = [word_of(item.code, request.POST) for item in found.items if has_word(item.code, request.POST)]
    try:
        result = save_scores(rater_id=door.rater.pk, words=words, by=door.by, at=timezone.now())
    except RatingForbidden as refused:
        messages.error(request, str(refused))
        return _area_page(request, sheet, found, status=409)
    if result.is_clean:
        following = _after(sheet, found)
        messages.success(request, _("Saved."))
        return redirect(door.url("rating_area", following.code) if following else door.url("rating"))
    typed = {word.item: word for word in words}
    return _area_page(
        request,
        sheet_of(door.rater),
        found,
        status=409 if result.clashes else 422,
        result=result,
        typed=typed,
    )


@require_POST
def _score(request: RatingRequest) -> HttpResponse:
    """Save one item and say as JSON what became of it; the form's script asks for this."""
    door, code = request.door, request.POST.get("item", "")
    word = word_of(code, request.POST)
    try:
        result = save_scores(rater_id=door.rater.pk, words=[word], by=door.by, at=timezone.now())
    except RatingForbidden as refused:
        return JsonResponse({"item": code, "verdict": "closed", "text": refused.message}, status=403)
    sheet = sheet_of(door.rater)
    answer: dict[str, Any] = {"item": code, "scored": sheet.scored, "lacking": len(sheet.missing)}
    score = sheet.scores.get(code)
    if code in result.refused:
        return JsonResponse(answer | {"verdict": "refused", "text": result.refused[code]}, status=422)
    answer["version"] = score.version if score is not None else 0
    if code in result.clashes:
        theirs = {
            "level": "n" if score and score.not_applicable else str(score.level) if score else "",
            "reason": score.reason if score else "",
            "note": score.note if score else "",
        }
        text = clash_words(sheet.framework, score)
        return JsonResponse(answer | {"verdict": "clash", "text": text, "theirs": theirs}, status=409)
    return JsonResponse(answer | {"verdict": "saved", "lack": sheet.lack_of(code) or ""})


# the same pages behind both doors
rating, rater_page = staff_door(_summary), link_door(_summary)
rating_area, rater_area = staff_door(_area), link_door(_area)
rating_score, rater_score = staff_door(_score), link_door(_score)


def _area_page(
    request: RatingRequest,
    sheet: RatingSheet,
    area: Area,
    *,
    status: int = 200,
    result: SaveResult | None = None,
    typed: Any = None,
) -> HttpResponse:
    door, following = request.door, _after(sheet, area)
    context = _frame(request, sheet) | {
        "inside": True,
        "area": area,
        "cards": cards_of(sheet, area, door, result=result, typed=typed),
        "areas": [
            (one, door.url("rating_area", one.area.code), one.area.code == area.code)
            for one in sheet.progress
        ],
        "following": following,
        "following_url": door.url("rating_area", following.code) if following else door.url("rating"),
        "save_url": door.url("rating_score"),
        "place": f"{door.rater.pk}-{area.code}",
    }
    return render(request, "capacity/rating/area.html", context, status=status)


def _frame(request: RatingRequest, sheet: RatingSheet) -> dict[str, Any]:
    """What every page of a form shows; behind a link no address of it leads into the portal."""
    door = request.door
    association = sheet.assessment.association
    frame: dict[str, Any] = {
        "inside": False,
        "door": door,
        "sheet": sheet,
        "assessment": sheet.assessment,
        "association": association,
        "home_url": door.url("rating"),
        "base": "capacity/rating/_link.html" if door.is_link else "capacity/rating/_staff.html",
        "may_reopen": sheet.assessment.stage == Stage.RATING,
        "person": f"rater-{door.rater.pk}" if door.is_link else "",
    }
    return frame | ({"shell": None} if door.is_link else {})


def _after(sheet: RatingSheet, area: Area) -> Area | None:
    areas = sheet.framework.areas
    place = areas.index(area) + 1
    return areas[place] if place < len(areas) else None
