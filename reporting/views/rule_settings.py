"""The rules of an association: a list for everybody who may read the catalogue, a form for managers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page
from reporting.forms.rule_settings import RuleForm, initial_of
from reporting.selectors.rule_settings import CHANGED, FIRED, NOT_IN_FORCE, RuleBook, rule_book
from reporting.services.rule_settings import clear_rule, set_rule
from spm_portal.common.refusal import Refused


@association_page("reporting.view_catalogue")
@require_safe
def rule_list(request: AssociationRequest) -> HttpResponse:
    """Every rule in words, with what it does here."""
    book = rule_book(request.association, request.user)
    only = request.GET.get("only", "")
    context = {
        "book": book,
        "groups": book.chosen(only) if book else [],
        "filters": _filters(book, only) if book else [],
        "may_set": request.user.has_perm("reporting.set_rules", request.association),
        # whoever wrote a reason was told that members can read it: donors cannot
        "may_read_reasons": request.user.has_perm("reporting.view_rounds", request.association),
    }
    return render(request, "reporting/rules/list.html", context)


def _filters(book: RuleBook, only: str) -> list[dict[str, object]]:
    choices = [("", _("All")), (CHANGED, _("Changed here")), (NOT_IN_FORCE, _("On trial, off or with dates"))]
    if book.last_round is not None:
        choices.append((FIRED, _("Fired in %(round)s") % {"round": book.last_round.name}))
    return [
        {"value": value, "label": label, "count": book.count(value), "current": value == only}
        for value, label in choices
    ]


@association_page("reporting.set_rules")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_setting(request: AssociationRequest, rule: str) -> HttpResponse:
    """Change what one rule does."""
    book = rule_book(request.association, request.user, rule=rule)
    line = book.line(rule) if book else None
    if book is None or line is None:
        raise Http404
    form = RuleForm(initial=initial_of(line.setting))
    if request.method == "POST":
        form = RuleForm(request.POST)
        if form.is_valid():
            try:
                _keep(request, rule, form)
            except Refused as refused:
                form.add_error(None, str(refused.message))
            else:
                return redirect("rule_list", request.association.slug)
    context = {"book": book, "line": line, "form": form}
    return render(request, "reporting/rules/edit.html", context, status=422 if form.errors else 200)


def _keep(request: AssociationRequest, rule: str, form: RuleForm) -> None:
    terms, reason = form.terms, form.cleaned_data["reason"]
    by, at = request.user, timezone.now()
    if terms is not None:
        set_rule(association=request.association, rule=rule, terms=terms, reason=reason, by=by, at=at)
        messages.success(request, _("Saved. Open returns follow the rule from now on."))
    elif clear_rule(association=request.association, rule=rule, reason=reason, by=by, at=at):
        messages.success(request, _("The rule follows the catalogue again."))
    else:
        messages.info(request, _("The rule follows the catalogue already: nothing was changed."))
