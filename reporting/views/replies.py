"""Right of reply: the staff's board of it, and the page on which a named member looks and replies."""

import zoneinfo
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.access import access_of
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.datasets.preview import figures_of
from reporting.due import days_between
from reporting.enums import ReplyKind
from reporting.models import Reply, ReplyWindow, Round
from reporting.selectors.replies import hearing_of, is_open, said_by, texts_naming
from reporting.selectors.returns import load_sheet
from reporting.services import replies as services
from reporting.views.returns import submission_of
from spm_portal.common.clocks import clock_of


@association_page("reporting.view_rounds")
@require_http_methods(["GET", "HEAD", "POST"])
def replies(request: AssociationRequest, code: str) -> HttpResponse:
    of_round = found_or_404(
        Round.objects.visible_to(request.user).select_related("association"),
        association_id=request.association.pk,
        code=code,
    )
    require(request, "reporting.view_replies", of_round)
    if request.method != "POST":
        return _board(request, of_round)
    require(request, "reporting.hear_members", of_round)
    try:
        _act(request, of_round)
    except services.ReplyRefused as refused:
        return _board(request, of_round, refused=str(refused), reason=request.POST.get("reason", ""))
    return redirect("replies", request.association.slug, of_round.code)


def _act(request: AssociationRequest, of_round: Round) -> None:
    action = request.POST.get("action", "")
    if action == "open":
        services.open_window(round_id=of_round.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The named members are told by mail."))
    elif action == "end":
        reason = request.POST.get("reason", "")
        services.end_early(round_id=of_round.pk, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, _("The time for replies is over."))
    else:
        raise Http404


def _board(
    request: AssociationRequest,
    of_round: Round,
    *,
    refused: str = "",
    reason: str = "",
    answering: Reply | None = None,
    typed: str = "",
) -> HttpResponse:
    now = timezone.now()
    hearing = hearing_of(of_round)
    return render(
        request,
        "reporting/replies/board.html",
        {
            "round": of_round,
            "hearing": hearing,
            "is_open": hearing.is_open(now),
            "blockers": hearing.blockers(now),
            "times": _times(hearing.window, request.association.time_zone),
            "may_hear": request.user.has_perm("reporting.hear_members", of_round),
            "may_publish": request.user.has_perm("reporting.publish_release", of_round),
            "days": request.association.reply_days,
            "refused": refused,
            "reason": reason,
            "answering": answering,
            "typed": typed,
        },
        status=409 if refused else 200,
    )


def _times(window: ReplyWindow | None, zone: str) -> dict[str, object]:
    """When the time began and ends in the association's time zone, and how many days are left."""
    if window is None:
        return {}
    now = timezone.now()
    return {
        "opened": clock_of(window.opened_at, zone),
        "closes": clock_of(window.closes_at, zone, weekday=True),
        "ended": clock_of(window.ended_at, zone) if window.ended_at else "",
        "days": max(0, days_between(now, window.closes_at, zoneinfo.ZoneInfo(zone))),
        "is_open": is_open(window, now),
    }


@association_page("reporting.view_rounds")
@require_POST
def reply_answer(request: AssociationRequest, pk: UUID) -> HttpResponse:
    visible = cast(QuerySet[Reply], Reply.objects.visible_to(request.user))
    found = found_or_404(
        visible.select_related("submission", "window__round__association"),
        association_id=request.association.pk,
        pk=pk,
    )
    require(request, "reporting.answer_reply", found.submission)
    text = request.POST.get("text", "")
    of_round = found.window.round
    try:
        services.answer(reply_id=found.pk, text=text, by=request.user, at=timezone.now())
    except services.ReplyRefused as refused:
        return _board(request, of_round, refused=str(refused), answering=found, typed=text)
    messages.success(request, _("Your answer is with the MFI."))
    return redirect("replies", request.association.slug, of_round.code)


@association_page("reporting.view_rounds")
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """What will be said of an MFI: for the MFI itself, which may reply, and for staff, who see the same."""
    submission = submission_of(request, pk)
    require(request, "reporting.view_return", submission)
    refused, text, kind = "", "", ""
    if request.method == "POST":
        if not request.user.has_perm("reporting.reply", submission):
            raise PermissionDenied(_("A signatory of the MFI replies."))
        text, kind = request.POST.get("text", ""), request.POST.get("kind", "")
        try:
            services.reply(
                submission_id=submission.pk, kind=kind, text=text, by=request.user, at=timezone.now()
            )
        except services.ReplyRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("The association has your reply."))
            return redirect("reply", request.association.slug, submission.pk)
    now = timezone.now()
    hearing = hearing_of(submission.round)
    return render(
        request,
        "reporting/replies/reply.html",
        {
            "submission": submission,
            "is_named": any(one.submission.pk == submission.pk for one in hearing.named),
            "is_open": hearing.is_open(now),
            "times": _times(hearing.window, request.association.time_zone),
            "published": hearing.published,
            "works_here": submission.institution_id in access_of(request.user).works_for,
            "replies": said_by(submission),
            "texts": texts_naming(submission),
            "sections": figures_of(load_sheet(submission)),
            "kinds": ReplyKind.choices,
            "may_reply": request.user.has_perm("reporting.reply", submission),
            "refused": refused,
            "text": text,
            "kind": kind,
        },
        status=422 if refused else 200,
    )
