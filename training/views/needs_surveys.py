"""Pages of needs assessments: prepared, opened and closed by staff, replied to by members, read as a table."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import access_of
from members.models import Institution
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import kind_of, table_file
from training.datasets.needs_files import replies_sheets
from training.enums import SurveyState
from training.forms.needs import ReplyForm, SurveyForm
from training.models import NeedsSurvey
from training.selectors.needs import members_today, own_replies, replies_of, reply_of, surveys_of
from training.services import needs_surveys as services

VIEW, MANAGE = "training.view_training", "training.manage_training"


def _survey(request: AssociationRequest, pk: UUID) -> NeedsSurvey:
    """The needs assessment of this key; for members one that is prepared does not exist, others see none at all."""
    if not request.user.has_perm(VIEW, request.association):
        require(request, "training.answer_needs", request.association)
    rows = NeedsSurvey.objects.filter(association=request.association).select_related("association")
    found = found_or_404(rows, pk=pk)
    if not request.user.has_perm("training.view_survey", found):
        raise Http404
    return found


@association_page(VIEW)
@require_safe
def needs_surveys(request: AssociationRequest) -> HttpResponse:
    """All needs assessments."""
    context = {
        "surveys": surveys_of(request.association, request.user),
        "members": len(members_today(request.association)),
    }
    return render(request, "training/needs/surveys.html", context)


@association_page(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def needs_survey_edit(request: AssociationRequest, pk: UUID | None = None) -> HttpResponse:
    """Prepare a needs assessment, or change the one of this key."""
    held = _survey(request, pk) if pk is not None else None
    form = SurveyForm(posted(request), association=request.association, survey=held)
    if held is None and not form.is_bound:
        form.initial["year"] = timezone.localdate().year + 1
    if form.is_valid():
        saved = attempt(
            form,
            lambda: services.save_survey(
                association=request.association,
                values=form.values,
                by=request.user,
                at=timezone.now(),
                survey=held,
            ),
        )
        if saved is not None:
            messages.success(request, _("The needs assessment is saved."))
            return redirect("needs_survey", request.association.slug, saved.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "training/needs/survey_edit.html", {"form": form, "survey": held}, status=status)


@association_page()
@require_safe
def needs_survey(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """For staff the replies as a table, for members the way to their own reply."""
    found = _survey(request, pk)
    if request.user.has_perm(VIEW, request.association):
        return render(request, "training/needs/survey.html", {"survey": found, "replies": replies_of(found)})
    mine = own_replies(found, request.user)
    if len(mine) == 1:
        return redirect("needs_reply", request.association.slug, found.pk, mine[0][0].pk)
    return render(request, "training/needs/survey_mine.html", {"survey": found, "mine": mine})


def _moved(request: AssociationRequest, pk: UUID, move: Callable[[NeedsSurvey], str]) -> HttpResponse:
    found = _survey(request, pk)
    try:
        messages.success(request, move(found))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("needs_survey", request.association.slug, found.pk)


@association_page(MANAGE)
@require_POST
def needs_survey_open(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Send it to all members."""

    def move(found: NeedsSurvey) -> str:
        services.open_survey(survey=found, by=request.user, at=timezone.now())
        return _("The needs assessment is open, and every member's people were written to.")

    return _moved(request, pk, move)


@association_page(MANAGE)
@require_POST
def needs_survey_close(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Take no more replies."""

    def move(found: NeedsSurvey) -> str:
        services.close_survey(survey=found, by=request.user, at=timezone.now())
        return _("The needs assessment is closed.")

    return _moved(request, pk, move)


@association_page(MANAGE)
@require_POST
def needs_survey_take(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Make needs of the replies."""

    def move(found: NeedsSurvey) -> str:
        made = services.take_replies(survey=found, by=request.user, at=timezone.now())
        return ngettext(
            "%(count)s need is confirmed from the replies.",
            "%(count)s needs are confirmed from the replies.",
            made,
        ) % {"count": made}

    return _moved(request, pk, move)


@association_page(VIEW)
@require_safe
def needs_survey_file(request: AssociationRequest, pk: UUID, kind: str) -> HttpResponse:
    """The replies as a file."""
    kind, found = kind_of(kind), _survey(request, pk)
    tables = replies_sheets(found, replies_of(found))
    return table_file(tables, kind=kind, name=f"{request.association.slug}-needs-assessment-{found.year}")


@association_page("training.answer_needs")
@require_http_methods(["GET", "HEAD", "POST"])
def needs_reply(request: AssociationRequest, pk: UUID, institution: UUID) -> HttpResponse:
    """What an MFI of one's own needs; changeable until the assessment closes."""
    found = _survey(request, pk)
    if institution not in access_of(request.user).works_for:
        raise Http404
    mfi = found_or_404(
        Institution.objects.visible_to(request.user).filter(
            pk__in=[one.pk for one in members_today(request.association)]
        ),
        pk=institution,
    )
    reply = reply_of(found, mfi, request.user)
    is_open = found.state == SurveyState.OPEN and found.closes_at > timezone.now()
    form = ReplyForm(posted(request), survey=found, reply=reply)
    if form.is_valid():
        saved = attempt(
            form,
            lambda: services.save_reply(
                survey=found,
                institution=mfi,
                lines=form.lines,
                answer=form.cleaned_data.get("answer", ""),
                by=request.user,
                at=timezone.now(),
            ),
        )
        if saved is not None:
            messages.success(
                request, _("Your reply is saved. You can change it until the assessment closes.")
            )
            return redirect("needs_reply", request.association.slug, found.pk, mfi.pk)
    status = 422 if form.is_bound and form.errors else 200
    context = {"survey": found, "institution": mfi, "reply": reply, "form": form, "is_open": is_open}
    return render(request, "training/needs/reply.html", context, status=status)
