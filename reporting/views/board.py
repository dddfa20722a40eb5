"""Doing something with many returns of a board at once, and the board as a file."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import AssociationRequest, association_page
from reporting.datasets.board_file import board_workbook
from reporting.forms.rounds import ExtendForm
from reporting.models import Round, Submission
from reporting.selectors.board import shown_rows
from reporting.services import approvals, deadlines, reminders
from reporting.services.outcomes import Outcome
from reporting.views.rounds import round_of
from spm_portal.common.downloads import made_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERMISSIONS = {
    "remind": "reporting.remind_members",
    "extend": "reporting.extend_deadline",
    "approve": "reporting.view_board",
}


@association_page("reporting.view_rounds")
@require_safe
def board_file(request: AssociationRequest, code: str) -> HttpResponse:
    shown = round_of(request, code, "reporting.view_board")
    at = timezone.now()
    board, rows = shown_rows(
        shown, at=at, user=request.user, sort=request.GET.get("sort", ""), only=request.GET.get("state", "")
    )
    name = f"{request.association.slug}-{shown.code}.xlsx"
    response = made_file(board_workbook(board, rows), name=name, content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


@association_page("reporting.view_rounds")
@require_POST
def round_action(request: AssociationRequest, code: str) -> HttpResponse:
    """First the page that asks, then, confirmed there, what became of each member's return."""
    shown = round_of(request, code, "reporting.view_board")
    action = request.POST.get("action", "")
    if action not in PERMISSIONS:
        raise Http404
    if not request.user.has_perm(PERMISSIONS[action], shown):
        raise PermissionDenied
    chosen = _chosen(request, shown)
    if not chosen:
        messages.error(request, _("Tick at least one member first."))
        return redirect("round_board", request.association.slug, code)
    confirmed = "confirmed" in request.POST
    form = ExtendForm(request.POST if confirmed else None, association=request.association, due=shown.due_at)
    page: dict[str, Any] = {"round": shown, "action": action, "chosen": chosen, "form": form}
    if not confirmed or (action == "extend" and not form.is_valid()):
        return _confirm(request, page)
    try:
        outcomes = _do(request, action, [one.pk for one in chosen], form)
    except (reminders.ReminderForbidden, deadlines.ExtensionForbidden) as error:
        raise PermissionDenied(str(error)) from None
    except deadlines.ExtensionRefused as error:
        form.add_error({"due": "due_date", "reason": "reason"}.get(error.field), str(error))
        return _confirm(request, page)
    page |= {"outcomes": outcomes, "done": sum(one.done for one in outcomes)}
    return render(request, "reporting/rounds/done.html", page)


def _confirm(request: AssociationRequest, page: dict[str, Any]) -> HttpResponse:
    return render(request, "reporting/rounds/confirm.html", page, status=422 if page["form"].errors else 200)


def _chosen(request: AssociationRequest, shown: Round) -> Sequence[Submission]:
    """The ticked returns of this very round, by the members' names."""
    ids = []
    for text in request.POST.getlist("returns"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    found = Submission.objects.visible_to(request.user).filter(round=shown, pk__in=ids)
    return list(found.select_related("institution").order_by("institution__name", "pk"))


def _do(request: AssociationRequest, action: str, ids: list[UUID], form: ExtendForm) -> Sequence[Outcome]:
    by, at = request.user, timezone.now()
    if action == "remind":
        return reminders.remind_now(submission_ids=ids, by=by, at=at)
    if action == "approve":
        return approvals.approve_clean(submission_ids=ids, by=by, at=at)
    data = form.cleaned_data
    return deadlines.extend(submission_ids=ids, due_at=data["due_at"], reason=data["reason"], by=by, at=at)
