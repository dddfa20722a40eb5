"""Help with a question: what stands beside it on the form, and the page on which staff write it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page
from reporting.catalogue import Indicator
from reporting.forms.guidance import GuidanceForm, initial_of
from reporting.models import Guidance
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.guidance import GuidanceText, help_with, text_of, words_on
from reporting.services.guidance import write_guidance
from reporting.views.catalogue import offered_version
from reporting.views.returns import submission_of
from spm_portal.common.refusal import Refused


@association_page()
@require_safe
def question_help(request: AssociationRequest, pk: UUID, code: str) -> HttpResponse:
    """Help with one question of a return: a part of the section page, or a page of its own without scripts."""
    submission = submission_of(request, pk)
    catalogue = catalogue_of(submission.round.catalogue)
    indicator = catalogue.find(code)
    if not isinstance(indicator, Indicator):
        raise Http404
    words = words_on(request.association, code, translation.get_language() or "en")
    whole = not request.htmx
    return render(
        request,
        "reporting/guidance/help.html" if whole else "reporting/guidance/_help.html",
        {
            "help": help_with(catalogue, indicator, words),
            "submission": submission,
            "round": submission.round,
            "slug": request.association.slug,
            "catalogue_url": reverse(
                "indicator", args=[request.association.slug, submission.round.catalogue_id, code]
            ),
        },
    )


@association_page("reporting.edit_guidance")
@require_http_methods(["GET", "HEAD", "POST"])
def guidance_edit(request: AssociationRequest, version: UUID, code: str) -> HttpResponse:
    """Write the help with an indicator in one language, look at it, keep it."""
    found = offered_version(request, version)
    catalogue = catalogue_of(found)
    indicator = catalogue.find(code)
    if not isinstance(indicator, Indicator):
        raise Http404
    languages = dict(settings.LANGUAGES)
    language = request.GET.get("language", translation.get_language() or "en")
    if language not in languages:
        raise Http404
    rows = {row.language: row for row in Guidance.objects.filter(association=request.association, code=code)}
    kept = text_of(rows[language]) if language in rows else GuidanceText()
    form, shown = GuidanceForm(initial=initial_of(kept)), kept
    if request.method == "POST":
        form = GuidanceForm(request.POST)
        if form.is_valid():
            shown = form.words
            if "preview" not in request.POST:
                try:
                    write_guidance(
                        association=request.association,
                        code=code,
                        language=language,
                        words=shown,
                        by=request.user,
                        at=timezone.now(),
                    )
                    messages.success(request, _("Saved. Members see it at once."))
                    return redirect("indicator", request.association.slug, found.pk, code)
                except Refused as refused:
                    form.add_error(None, str(refused.message))
    return render(
        request,
        "reporting/guidance/edit.html",
        {
            "version": found,
            "indicator": indicator,
            "form": form,
            "help": help_with(catalogue, indicator, shown),
            "previewed": "preview" in request.POST and not form.errors,
            "language": language,
            "language_name": languages[language],
            "languages": [(one, name, one in rows, one == language) for one, name in settings.LANGUAGES],
            "row": rows.get(language),
        },
        status=422 if form.errors else 200,
    )
