"""Pages of peer groups: which there are and why one is missing, proposing, approving, retiring."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.selectors.readers import staff_of
from members.web.guards import AssociationRequest, association_page, found_or_404
from reporting.forms.peer_groups import ApprovalForm, NewGroupForm, RetireForm, RuleForm, initial_of
from reporting.models import PeerGroupVersion
from reporting.peer_rules import read_rule
from reporting.selectors.peer_standing import Basis, GroupLine, basis_of, group_line, group_lines, standing_of
from reporting.selectors.peer_words import legal_forms_of
from reporting.services import peer_groups as service
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.refusal import Refused

PERMISSION = "reporting.manage_peer_groups"
LOOK = "look"


@association_page(PERMISSION)
@require_safe
def peer_group_list(request: AssociationRequest) -> HttpResponse:
    basis = basis_of(request.association)
    return render(
        request,
        "reporting/peers/list.html",
        {"basis": basis, "groups": group_lines(basis)},
    )


@association_page(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def peer_group_new(request: AssociationRequest) -> HttpResponse:
    basis = basis_of(request.association)
    form = NewGroupForm(posted(request), association=request.association, legal_forms=_forms(basis))
    if request.method == "POST" and form.is_valid() and LOOK not in request.POST:
        made = attempt(
            form,
            lambda: service.propose(
                association=request.association,
                name=form.cleaned_data["name"],
                rule=form.cleaned_data["rule"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("Proposed. A colleague approves it."))
            return redirect("peer_group", request.association.slug, made.group.code)
    return _form_page(request, basis, form, None)


@association_page(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def peer_group_change(request: AssociationRequest, code: str) -> HttpResponse:
    basis = basis_of(request.association)
    line = _line(basis, code)
    newest = line.waiting or line.current
    form = RuleForm(
        posted(request),
        association=request.association,
        legal_forms=_forms(basis),
        initial=initial_of(read_rule(newest.version.rule)) if newest else {},
    )
    if request.method == "POST" and form.is_valid() and LOOK not in request.POST:
        made = attempt(
            form,
            lambda: service.propose(
                association=request.association,
                group_id=line.group.pk,
                rule=form.cleaned_data["rule"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("Proposed. A colleague approves it."))
            return redirect("peer_group", request.association.slug, code)
    return _form_page(request, basis, form, line)


def _form_page(
    request: AssociationRequest, basis: Basis, form: RuleForm, line: GroupLine | None
) -> HttpResponse:
    standing = None
    if request.method == "POST" and form.is_bound and "rule" in form.cleaned_data and not form.errors:
        standing = standing_of(
            basis, form.rule, PeerGroupVersion(group=line.group, number=0) if line else None
        )
    return render(
        request,
        "reporting/peers/form.html",
        {"basis": basis, "form": form, "line": line, "standing": standing},
        status=422 if form.errors else 200,
    )


@association_page(PERMISSION)
@require_safe
def peer_group(request: AssociationRequest, code: str) -> HttpResponse:
    return _group_page(request, code)


@association_page(PERMISSION)
@require_POST
def peer_group_decide(request: AssociationRequest, code: str) -> HttpResponse:
    """Approve or withdraw the version that waits, or retire the group."""
    group = found_or_404(request.association.peer_groups.all(), code=code)
    move, reason = request.POST.get("move", ""), request.POST.get("reason", "")
    by, at = request.user, timezone.now()
    try:
        if move == "retire":
            service.retire(group_id=group.pk, by=by, at=at, reason=reason)
            messages.success(request, _("The group is retired. Old editions keep it."))
            return redirect("peer_groups", request.association.slug)
        version = found_or_404(group.versions.all(), number=_number(request.POST.get("version", "")))
        if move == "approve":
            service.approve(version_id=version.pk, by=by, at=at, reason=reason)
            messages.success(request, _("Approved. The group counts from the next edition."))
        elif move == "withdraw":
            service.withdraw(version_id=version.pk, by=by, at=at)
            messages.success(request, _("The proposal is withdrawn."))
            return redirect("peer_groups", request.association.slug)
        else:
            raise Http404
    except Refused as refused:
        return _group_page(request, code, refused=str(refused.message), move=move)
    return redirect("peer_group", request.association.slug, code)


def _group_page(request: AssociationRequest, code: str, *, refused: str = "", move: str = "") -> HttpResponse:
    basis = basis_of(request.association)
    line = _line(basis, code)
    own = line.waiting is not None and line.waiting.version.proposed_by_id == request.user.pk
    alone = own and all(one.pk == request.user.pk for one in staff_of(request.association.pk))
    return render(
        request,
        "reporting/peers/group.html",
        {
            "basis": basis,
            "line": line,
            "own": own,
            "alone": alone,
            "approval": ApprovalForm(auto_id="approve_%s") if alone else None,
            "retiring": RetireForm(auto_id="retire_%s"),
            "refused": refused,
        },
        status=409 if refused else 200,
    )


def _line(basis: Basis, code: str) -> GroupLine:
    line = group_line(basis, code)
    if line is None:
        raise Http404
    return line


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Http404
    return int(text)


def _forms(basis: Basis) -> dict[str, str]:
    return legal_forms_of(basis.catalogue) if basis.catalogue else {}
