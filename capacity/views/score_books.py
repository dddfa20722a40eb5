"""The workbook of a rater: handing it out, reading it back, and writing what was shown."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from capacity.selectors.rating import sheet_of
from capacity.services.score_books import DryRun, confirm, rehearse
from capacity.web.cards import said
from capacity.web.doors import RatingRequest, staff_door
from spm_portal.common.downloads import made_file
from spm_portal.common.refusal import Refused
from spm_portal.common.uploads import clean_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BookForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("Filled workbook"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": gettext_lazy("Choose the filled workbook.")},
    )


@staff_door
@require_safe
def rating_workbook(request: RatingRequest) -> HttpResponse:
    """The workbook with the scores as they are."""
    from capacity.workbooks.writing import write  # late: loads XlsxWriter

    rater = request.door.rater
    content = write(sheet_of(rater), at=timezone.now())
    name = clean_name(f"{rater.assessment.title} {rater.name}.xlsx")
    return made_file(content, name=name, content_type=XLSX)


@staff_door
@require_http_methods(["GET", "HEAD", "POST"])
def rating_excel(request: RatingRequest) -> HttpResponse:
    """Upload a filled workbook, see what it would change, and confirm."""
    door = request.door
    form, run, status = BookForm(), None, 200
    if request.method == "POST" and door.by is not None:
        common: dict[str, Any] = {"rater_id": door.rater.pk, "by": door.by, "at": timezone.now()}
        try:
            if "proposal" in request.POST:
                written = confirm(proposal=request.POST["proposal"], **common)
                words = ngettext("%(number)s score written.", "%(number)s scores written.", written)
                messages.success(request, words % {"number": written})
                return redirect(door.url("rating"))
            form = BookForm(request.POST, request.FILES)
            if form.is_valid():
                run = rehearse(upload=form.cleaned_data["file"], **common)
                status = 422 if run.faults else 200
            else:
                status = 422
        except Refused as refused:
            messages.error(request, str(refused))
            status = 422
    sheet = sheet_of(door.rater)
    context = {
        "inside": True,
        "base": "capacity/rating/_staff.html",
        "door": door,
        "sheet": sheet,
        "assessment": sheet.assessment,
        "home_url": door.url("rating"),
        "form": form,
        "run": run,
        "changes": _told(sheet.framework, run),
    }
    return render(request, "capacity/rating/excel.html", context, status=status)


def _told(framework: Any, run: DryRun | None) -> list[tuple[Any, ...]]:
    """Each change in words: the item, what is stored, what would be."""
    if run is None:
        return []
    lines = []
    for change in run.changes:
        word = change.word
        new = (
            _("does not apply: %(reason)s") % {"reason": word.reason}
            if word.level is None
            else f"{word.level} {framework.level(word.level).label}"
        )
        now = said(framework, change.now) if change.now else ""
        lines.append((framework.item(word.item), now, new, change))
    return lines
