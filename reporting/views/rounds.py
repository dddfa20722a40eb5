"""Pages of rounds: the list, opening one, its board and its settings."""

import hashlib
import json
import zoneinfo
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from members.access import access_of
from members.models import Institution
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.enums import ReturnState
from reporting.forms.rounds import DueForm, InviteForm, RoundForm, RulesForm
from reporting.models import CatalogueVersion, Round, Submission
from reporting.selectors.board import shown_rows
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.replies import heard_of
from reporting.selectors.rounds import (
    Board,
    not_invited,
    period_end_before,
    questions_of,
    reach_of,
    rounds_of,
)
from reporting.services import rounds as service
from reporting.web.board import board_filters, board_lines

BUTTONS = frozenset({"csrfmiddlewaretoken", "open", "preview", "seen"})


@association_page("reporting.view_rounds")
@require_safe
def round_list(request: AssociationRequest) -> HttpResponse:
    rounds = list(rounds_of(request.association, request.user))
    is_staff = request.association.pk in access_of(request.user).staff_of
    own: dict[UUID, Submission] = {}
    if not is_staff:
        returns = Submission.objects.visible_to(request.user).filter(round__in=rounds)
        own = {one.round_id: one for one in returns.order_by("-touched_at")}
    return render(
        request,
        "reporting/rounds/list.html",
        {
            "rounds": [(one, own.get(one.pk)) for one in rounds],
            "is_staff": is_staff,
            "may_open": request.user.has_perm("reporting.open_round", request.association),
        },
    )


@association_page("reporting.open_round")
def round_new(request: AssociationRequest) -> HttpResponse:
    association = request.association
    versions = list(CatalogueVersion.objects.offered_to(association).defer("document").order_by("-loaded_at"))
    if not versions:
        return render(request, "reporting/rounds/no_catalogue.html", {})
    version = _chosen(versions, request.POST.get("catalogue") or request.GET.get("catalogue"))
    catalogue = catalogue_of(version)
    at = timezone.now()
    form = RoundForm(
        request.POST or None,
        association=association,
        version=version,
        catalogue=catalogue,
        initial=_suggested(request, [section.code for section in catalogue.sections], at),
    )
    preview = None
    opened = _just_opened(request, at)
    if opened is not None:  # the second of two clicks
        return redirect("round_board", association.slug, opened.code)
    if request.method == "POST" and form.is_valid():
        seen = _fingerprint(request.POST)
        if "open" in request.POST and request.POST.get("seen") == seen:
            try:
                opened = service.open_round(
                    association=association,
                    spec=form.spec,
                    institutions=form.cleaned_data["institutions"],
                    by=request.user,
                    at=at,
                )
            except service.RoundForbidden as error:
                raise PermissionDenied(str(error)) from None
            except service.RoundRefused as error:
                opened = _just_opened(request, at)
                if opened is not None:
                    return redirect("round_board", association.slug, opened.code)
                form.add_error(_form_field(error.field, form), str(error))
            else:
                messages.success(request, _("The round “%(name)s” is open.") % {"name": opened.name})
                return redirect("round_board", association.slug, opened.code)
        elif form.cleaned_data["due_at"] <= at:
            form.add_error("due_date", _("The due time has passed already. Choose one in the future."))
        else:
            preview = _preview(form, at) | {"seen": seen}
    return render(
        request,
        "reporting/rounds/new.html",
        {"form": form, "versions": versions, "version": version, "preview": preview},
        status=422 if form.errors else 200,
    )


def _fingerprint(data: QueryDict) -> str:
    """What was typed: a round opens only as it was shown in the summary."""
    typed = [(name, data.getlist(name)) for name in sorted(data) if name not in BUTTONS]
    return hashlib.sha256(json.dumps(typed).encode()).hexdigest()


def _just_opened(request: AssociationRequest, at: datetime) -> Round | None:
    """The round that this person opened with this very code a moment ago."""
    if "open" not in request.POST:
        return None
    return Round.objects.filter(
        association=request.association,
        code=slugify(request.POST.get("code", "")),
        opened_by=request.user,
        opened_at__gte=at - timedelta(minutes=1),
    ).first()


def _chosen(versions: list[CatalogueVersion], wanted: str | None) -> CatalogueVersion:
    found = next((version for version in versions if str(version.pk) == wanted), None)
    if wanted and found is None:
        raise Http404
    return found or versions[0]


def _form_field(name: str, form: forms.Form) -> str | None:
    name = {"due": "due_date"}.get(name, name)
    return name if name in form.fields else None


def _suggested(request: AssociationRequest, sections: list[str], at: datetime) -> dict[str, Any]:
    """What most rounds are: the fiscal year that ended last, all sections, all members, due in six weeks."""
    association = request.association
    today = at.astimezone(zoneinfo.ZoneInfo(association.time_zone)).date()
    end = period_end_before(association, today)
    return {
        "name": _("Report %(year)s") % {"year": end.year},
        "code": str(end.year),
        "year": end.year,
        "period_end": end,
        "due_date": today + timedelta(weeks=6),
        "due_time": "18:00",
        "sections": sections,
        "institutions": Institution.objects.members_of(association).values_list("pk", flat=True),
    }


def _preview(form: RoundForm, at: datetime) -> dict[str, Any]:
    data = form.cleaned_data
    zone = zoneinfo.ZoneInfo(form.association.time_zone)
    return {
        "due_at": data["due_at"].astimezone(zone),
        "days": (data["due_date"] - at.astimezone(zone).date()).days,
        "questions": questions_of(form.catalogue, data["sections"], data["form_length"]),
        "reach": reach_of(list(data["institutions"])),
    }


def round_of(request: AssociationRequest, code: str, permission: str) -> Round:
    rounds = Round.objects.filter(association=request.association)
    if request.association.pk not in access_of(request.user).staff_of:
        rounds = rounds.visible_to(request.user)
    found = found_or_404(rounds.select_related("catalogue").defer("catalogue__document"), code=code)
    found.association = request.association
    require(request, permission, found)
    return found


@association_page("reporting.view_rounds")
@require_safe
def round_board(request: AssociationRequest, code: str) -> HttpResponse:
    shown = round_of(request, code, "reporting.view_board")
    at = timezone.now()
    board, rows = shown_rows(
        shown, at=at, user=request.user, sort=request.GET.get("sort", ""), only=request.GET.get("state", "")
    )
    hearing = heard_of(shown) if request.user.has_perm("reporting.view_replies", shown) else None
    return render(
        request,
        "reporting/rounds/board.html",
        {
            "round": shown,
            "board": board,
            "lines": board_lines(rows, request.association.slug),
            "hearing": hearing,
            "hearing_is_open": hearing is not None and hearing.is_open(at),
            "may_extend": request.user.has_perm("reporting.extend_deadline", shown),
            "tiles": board_tiles(board, linked=False),
            "filters": board_filters(board),
            "printed_at": at,
            "may_manage": request.user.has_perm("reporting.manage_round", shown),
            "may_publish": request.user.has_perm("reporting.publish_release", shown),
        },
    )


def board_tiles(board: Board, *, linked: bool = True) -> list[dict[str, Any]]:
    """The key figures of a round for the tiles component."""
    address = reverse("round_board", args=[board.round.association.slug, board.round.code]) if linked else ""
    return [
        {"label": _("Members invited"), "figure": board.total, "url": address},
        {
            "label": _("With the members"),
            "figure": board.with_mfi,
            "note": ngettext("%(count)s overdue", "%(count)s overdue", board.overdue)
            % {"count": board.overdue}
            if board.overdue
            else "",
        },
        {"label": _("To review"), "figure": board.to_review},
        {
            "label": _("Approved"),
            "figure": board.approved,
            "url": address and f"{address}?state={ReturnState.APPROVED}",
        },
    ]


@association_page("reporting.view_rounds")
def round_settings(request: AssociationRequest, code: str) -> HttpResponse:
    shown = round_of(request, code, "reporting.manage_round")
    action = request.POST.get("action", "") if request.method == "POST" else ""
    zone = zoneinfo.ZoneInfo(request.association.time_zone)
    due = shown.due_at.astimezone(zone)
    due_form = DueForm(
        request.POST if action == "due" else None,
        association=request.association,
        initial={"due_date": due.date(), "due_time": due.time()},
    )
    candidates = not_invited(shown)
    rules_form = RulesForm(
        request.POST if action == "rules" else None,
        initial={name: getattr(shown, name) for name in RulesForm.base_fields},
    )
    invite_form = InviteForm(request.POST if action == "invite" else None, candidates=candidates)
    if action:
        try:
            done = _change(request, shown, action, due_form, rules_form, invite_form)
        except service.RoundForbidden as error:
            raise PermissionDenied(str(error)) from None
        except service.RoundRefused as error:
            messages.error(request, str(error))
            done = False
        if done:
            return redirect("round_settings", request.association.slug, code)
    return render(
        request,
        "reporting/rounds/settings.html",
        {
            "round": shown,
            "due_at": due,
            "due_form": due_form,
            "rules_form": rules_form,
            "invite_form": invite_form if candidates else None,
            "questions": questions_of(catalogue_of(shown.catalogue), shown.sections, shown.form_length),
            "invited": shown.submissions.count(),
        },
        status=422 if action else 200,
    )


def _change(
    request: AssociationRequest,
    shown: Round,
    action: str,
    due_form: DueForm,
    rules_form: RulesForm,
    invite_form: InviteForm,
) -> bool:
    """Do what a button of the settings page asks; false where its form has faults."""
    pk: UUID = shown.pk
    by, at = request.user, timezone.now()
    if action == "due":
        if not due_form.is_valid():
            return False
        service.change_due(round_id=pk, due_at=due_form.cleaned_data["due_at"], by=by, at=at)
        messages.success(request, _("The due time is changed and the members are told."))
    elif action == "rules":
        if not rules_form.is_valid():
            return False
        service.change_rules(round_id=pk, rules=service.RoundRules(**rules_form.cleaned_data), by=by, at=at)
        messages.success(request, _("The rules of the round are changed."))
    elif action == "invite":
        if not invite_form.is_valid():
            return False
        chosen = [one.pk for one in invite_form.cleaned_data["institutions"]]
        count = service.invite(round_id=pk, institution_ids=chosen, by=by, at=at)
        messages.success(
            request,
            ngettext("%(count)s member is invited.", "%(count)s members are invited.", count)
            % {"count": count},
        )
    elif action == "close":
        service.close_round(round_id=pk, by=by, at=at)
        messages.success(request, _("The round is closed."))
    elif action == "reopen":
        service.reopen_round(round_id=pk, by=by, at=at)
        messages.success(request, _("The round is open again."))
    else:
        raise Http404
    return True
