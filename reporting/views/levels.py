"""The address at which a reviewer says how far answers were checked."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.web.guards import AssociationRequest, association_page
from reporting.enums import VerificationLevel
from reporting.selectors.returns import load_sheet
from reporting.selectors.verification import audit_proposals, cited_codes
from reporting.services import verification as services
from reporting.views.returns import submission_of
from reporting.views.review import LevelsRefused, show_review
from reporting.web.levels import ANSWER, PROPOSED, SECTION, WHOLE


@association_page()
@require_POST
def return_levels(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    sent = request.POST
    which, version = sent.get("which", WHOLE), sent.get("version", "")
    codes: list[str] | None = None
    if which.startswith(ANSWER):
        codes = [which.removeprefix(ANSWER)]
    elif which == PROPOSED:
        codes = audit_proposals(load_sheet(submission), cited_codes(submission))
    try:
        done = services.set_level(
            submission_id=submission.pk,
            level=_level(sent.get("level", "")),
            codes=codes,
            section=which.removeprefix(SECTION) if which.startswith(SECTION) else "",
            audit=services.Audit(sent.get("auditor", ""), _day(sent.get("audited_on", ""))),
            expected_version=int(version) if version.isdecimal() and len(version) < 10 else None,
            by=request.user,
            at=timezone.now(),
        )
    except services.VerificationForbidden as refused:
        raise PermissionDenied(str(refused)) from None
    except services.VerificationRefused as refused:
        submission.refresh_from_db()
        shown = sent.get("section", "")
        return show_review(
            request, submission, shown=shown, levels=LevelsRefused(str(refused), refused.field, sent.dict())
        )
    messages.success(request, _said(done))
    return _back(request, submission.pk)


def _level(sent: str) -> VerificationLevel:
    try:
        return VerificationLevel(sent)
    except ValueError:
        raise services.VerificationRefused(_("Choose one of the levels.")) from None


def _day(sent: str) -> date | None:
    try:
        return date.fromisoformat(sent)
    except ValueError:
        return None


def _said(done: services.Verified) -> str:
    words = ngettext(
        "%(count)s answer is now “%(level)s”.", "%(count)s answers are now “%(level)s”.", len(done.codes)
    ) % {"count": len(done.codes), "level": done.level.label}
    if done.left:
        words += " " + ngettext(
            "%(count)s stays as it is: it has a problem, an open question, a higher level, or no evidence.",
            "%(count)s stay as they are: they have problems, open questions, a higher level, or no evidence.",
            len(done.left),
        ) % {"count": len(done.left)}
    return words


def _back(request: AssociationRequest, pk: UUID) -> HttpResponseRedirect:
    shown = request.POST.get("section", "")[:32]
    address = reverse("return_review", args=[request.association.slug, pk])
    query = f"?{urlencode({'section': shown})}" if shown else ""
    return HttpResponseRedirect(f"{address}{query}#levels")
