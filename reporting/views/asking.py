"""Asking many members of a round at once: about all findings of a rule, or about outliers."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page
from reporting.models import Round
from reporting.placeholders import KNOWN
from reporting.selectors.asking import Askable, asking_of
from reporting.services import questions as services
from reporting.views.questions import asked_words
from reporting.views.rounds import round_of
from reporting.web.asking import about_of, ask_lines, rule_lines

MOST_SHOWN = 200
METHODS = require_http_methods(["GET", "HEAD", "POST"])


@association_page("reporting.view_rounds")
@require_safe
def ask_rules(request: AssociationRequest, code: str) -> HttpResponse:
    """Every rule that finds something in the returns that staff hold."""
    shown = round_of(request, code, "reporting.view_board")
    rules = rule_lines(asking_of(shown).rules())
    return render(request, "reporting/asking/rules.html", {"round": shown, "rules": rules})


@association_page("reporting.view_rounds")
@METHODS
def ask_rule(request: AssociationRequest, code: str, rule: str) -> HttpResponse:
    """The members on whom one rule fires, all ticked, and one text for them."""
    shown = round_of(request, code, "reporting.view_board")
    return _page(request, shown, asking_of(shown).of_rule(rule), rule=rule)


@association_page("reporting.view_rounds")
@METHODS
def ask_outliers(request: AssociationRequest, code: str) -> HttpResponse:
    """Values far from the middle of the round's returns, none ticked, and one text for them."""
    shown = round_of(request, code, "reporting.view_board")
    rows = asking_of(shown).outliers()
    only = request.GET.get("code", "")
    parts = {row.part.code: row.part.label for row in rows}
    if only in parts:
        rows = [row for row in rows if row.part.code == only]
    return _page(request, shown, rows, only=only if only in parts else "", parts=sorted(parts.items()))


def _page(
    request: AssociationRequest, shown: Round, rows: Sequence[Askable], *, rule: str = "", **more: Any
) -> HttpResponse:
    free = [row for row in rows if row.question is None]
    posted = request.POST.getlist("about")
    refusal = ""
    if request.method == "POST":
        chosen = [row for row in free if row.key in set(posted)]
        try:
            return _ask(request, shown, chosen, rule)
        except services.QuestionRefused as refused:
            refusal = str(refused)
    ticked = posted if request.method == "POST" else [row.key for row in free] if rule else []
    context = {
        "round": shown,
        "rule": rule,
        "lines": ask_lines(rows[:MOST_SHOWN], request.association.slug, ticked=ticked),
        "found": len(rows),
        "most": MOST_SHOWN,
        "typed": request.POST.get("text", ""),
        "refusal": refusal,
        "placeholders": [f"{{{name}}}" for name in KNOWN],
        "only": "",
        "parts": [],
        **more,
    }
    return render(request, "reporting/asking/ask.html", context, status=422 if refusal else 200)


def _ask(request: AssociationRequest, shown: Round, chosen: Sequence[Askable], rule: str) -> HttpResponse:
    if not chosen:
        raise services.QuestionRefused(_("Tick the values that you ask about."))
    try:
        asked = services.ask_many(
            about=about_of(chosen, rule),
            text=request.POST.get("text", ""),
            by=request.user,
            at=timezone.now(),
        )
    except services.QuestionForbidden as refused:
        raise PermissionDenied(str(refused)) from None
    messages.success(request, asked_words(len(asked)))
    return redirect("round_board", request.association.slug, shown.code)
