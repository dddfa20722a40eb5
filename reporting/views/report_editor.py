"""Pages on which staff write their part of a round's report: words, cases with photos, chosen figures."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.datasets.report_words import CASES, Place, places
from reporting.enums import FormLength
from reporting.forms.report_editor import CaseForm, ChapterForm
from reporting.models import ChapterText, Round, Story
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import latest_of
from reporting.selectors.report_editor import (
    cases_of,
    languages_of,
    left_out_of,
    nameable,
    small_photo,
    written_of,
)
from reporting.services import report_texts as service
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.refusal import Refused


def _round(request: AssociationRequest, code: str) -> Round:
    found = found_or_404(
        Round.objects.visible_to(request.user).select_related("association", "catalogue"),
        association_id=request.association.pk,
        code=code,
    )
    require(request, "reporting.edit_report", found)
    return found


def _places(of_round: Round) -> tuple[Place, ...]:
    return places(
        catalogue_of(of_round.catalogue),
        sections=of_round.sections,
        full_form=of_round.form_length == FormLength.FULL,
        language=translation.get_language() or settings.LANGUAGE_CODE,
    )


@association_page("reporting.view_rounds")
@require_safe
def report_editor(request: AssociationRequest, code: str) -> HttpResponse:
    """All chapters with their languages, the cases, and whether the newest edition shows it all."""
    of_round = _round(request, code)
    written, left_out = written_of(of_round), left_out_of(of_round)
    told = service.told_cases(of_round)
    latest = latest_of(of_round)
    lines = [
        {
            "place": place,
            "languages": written.get(place.code) or languages_of(place.code),
            "left_out": sum(choice.id in left_out for choice in place.choices),
        }
        for place in _places(of_round)
    ]
    return render(
        request,
        "reporting/report/editor.html",
        {
            "round": of_round,
            "lines": lines,
            "languages": settings.LANGUAGES,
            "cases": cases_of(of_round, told),
            "cases_code": CASES,
            "latest": latest,
            "is_published": latest is not None and service.frozen_texts(of_round) == latest.texts,
        },
    )


@association_page("reporting.view_rounds")
@require_http_methods(["GET", "HEAD", "POST"])
def report_chapter(request: AssociationRequest, code: str, chapter: str) -> HttpResponse:
    """Write the words of a chapter in one language, look at them, keep them."""
    of_round = _round(request, code)
    place = next((one for one in _places(of_round) if one.code == chapter), None)
    language = request.GET.get("language", request.association.language)
    names = dict(settings.LANGUAGES)
    if place is None or language not in names:
        raise Http404
    row = (
        ChapterText.objects.select_related("changed_by")
        .filter(association=request.association, round=of_round, chapter=chapter, language=language)
        .first()
    )
    kept = row.text if row is not None else ""
    form = ChapterForm(initial={"text": kept, "version": service.version_of(row)})
    shown, overtaken, status = kept, "", 200
    if request.method == "POST":
        form = ChapterForm(request.POST)
        shown = request.POST.get("text", "")
        if form.is_valid() and "preview" not in request.POST:
            try:
                service.write_chapter(
                    round_id=of_round.pk,
                    chapter=chapter,
                    language=language,
                    text=form.cleaned_data["text"],
                    version=form.cleaned_data["version"],
                    by=request.user,
                    at=timezone.now(),
                )
                messages.success(request, _("Saved. The next edition will show it."))
                return redirect(_with_language("report_chapter", language, of_round, chapter))
            except service.Overtaken as other:
                # the words typed stay in the box; saving them again is then a decision
                form = ChapterForm(initial={"text": shown, "version": other.version})
                overtaken, status = other.now or "–", 409
                messages.error(request, str(other.message))
            except Refused as refused:
                form.add_error(None, str(refused.message))
        if form.errors:
            status = 422
    return render(
        request,
        "reporting/report/chapter.html",
        {
            "round": of_round,
            "place": place,
            "form": form,
            "shown": shown,
            "previewed": "preview" in request.POST and not form.errors,
            "overtaken": overtaken,
            "language": language,
            "language_name": names[language],
            "languages": (written_of(of_round).get(chapter) or languages_of(chapter)),
            "row": row if kept else None,
        },
        status=status,
    )


def _with_language(page: str, language: str, of_round: Round, chapter: str) -> str:
    address: str = reverse(
        page, args=[of_round.association.slug, of_round.code, chapter], query={"language": language}
    )
    return address


@association_page("reporting.view_rounds")
@require_http_methods(["GET", "HEAD", "POST"])
def report_figures(request: AssociationRequest, code: str) -> HttpResponse:
    """Choose which figures the report shows."""
    of_round = _round(request, code)
    known = [place for place in _places(of_round) if place.choices]
    allowed = {choice.id for place in known for choice in place.choices}
    if request.method == "POST":
        shown = set(request.POST.getlist("shown"))
        service.choose_figures(
            round_id=of_round.pk,
            left_out=allowed - shown,
            allowed=allowed,
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Saved. The next edition will show it."))
        return redirect("report_editor", request.association.slug, of_round.code)
    return render(
        request,
        "reporting/report/figures.html",
        {"round": of_round, "places": known, "left_out": left_out_of(of_round)},
    )


@association_page("reporting.view_rounds")
@require_http_methods(["GET", "HEAD", "POST"])
def report_case_new(request: AssociationRequest, code: str) -> HttpResponse:
    """Begin a case."""
    return _case(request, _round(request, code), None)


@association_page("reporting.view_rounds")
@require_http_methods(["GET", "HEAD", "POST"])
def report_case(request: AssociationRequest, code: str, pk: UUID) -> HttpResponse:
    """Change a case, or take it out."""
    of_round = _round(request, code)
    story = found_or_404(
        Story.objects.filter(association=request.association, round=of_round).select_related(
            "institution", "changed_by"
        ),
        pk=pk,
    )
    if request.method == "POST" and "remove" in request.POST:
        service.remove_case(round_id=of_round.pk, story_id=story.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The case is removed. Editions that tell it keep it."))
        return redirect("report_editor", request.association.slug, of_round.code)
    return _case(request, of_round, story)


def _case(request: AssociationRequest, of_round: Round, story: Story | None) -> HttpResponse:
    has_photo = story is not None and bool(story.photo)
    given: dict[str, Any] = {"institutions": nameable(of_round), "has_photo": has_photo}
    form = CaseForm(initial=_initial(request, story), **given)
    overtaken, status = "", 200
    if request.method == "POST":
        form = CaseForm(request.POST, request.FILES, **given)
        if form.is_valid():
            words = form.cleaned_data
            try:
                service.write_case(
                    round_id=of_round.pk,
                    story_id=story.pk if story else None,
                    language=words["language"],
                    title=words["title"],
                    text=words["text"],
                    institution=words["institution"],
                    photo=words["photo"],
                    photo_words=words["photo_words"],
                    remove_photo=words.get("remove_photo", False),
                    agreed=words["agreed"],
                    position=words["position"],
                    version=words["version"],
                    by=request.user,
                    at=timezone.now(),
                )
                messages.success(request, _("Saved. The next edition will show it."))
                return redirect("report_editor", request.association.slug, of_round.code)
            except service.Overtaken as other:
                data = request.POST.copy()
                data["version"] = other.version
                form = CaseForm(data, request.FILES, **given)
                form.add_error(None, str(other.message))
                overtaken, status = other.now, 409
            except Refused as refused:
                form.add_error(None, str(refused.message))
        status = 422 if form.errors and status == 200 else status
    return render(
        request,
        "reporting/report/case.html",
        {"round": of_round, "story": story, "form": form, "has_photo": has_photo, "overtaken": overtaken},
        status=status,
    )


def _initial(request: AssociationRequest, story: Story | None) -> dict[str, object]:
    if story is None:
        return {"language": request.association.language}
    return {
        "title": story.title,
        "language": story.language,
        "institution": story.institution_id,
        "text": story.text,
        "photo_words": story.photo_words,
        "agreed": story.agreed,
        "position": story.position,
        "version": service.version_of(story),
    }


@association_page("reporting.view_rounds")
@require_safe
def report_case_photo(request: AssociationRequest, code: str, pk: UUID) -> HttpResponse:
    """The photo of a case, for those who write the report; `size=small` gives the one that pages show."""
    told = Story.objects.filter(association=request.association, round=_round(request, code))
    story = found_or_404(told.exclude(photo=""), pk=pk)
    small = request.GET.get("size") == "small"
    photo = small_photo(story.photo) if small else story.photo
    return handed_in_file(photo, name="photo.jpg", content_type="image/jpeg")
