"""Pages about money: scholarships with their budgets, awards for the people of a session, and a session's lines."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.refusal import Refused
from training.forms.scholarships import LineFormSet, ScholarshipForm
from training.models import Scholarship
from training.selectors.donors import donors_of
from training.selectors.money import totals_of
from training.selectors.scholarships import awards_in, awards_under, funds_of, proposals_of, scholarships_of
from training.services import money, scholarships
from training.web.sessions import SessionRequest, session_page

BLANK_LINES = 4
MOST_AWARDS = 200


@association_page("training.view_money")
@require_safe
def scholarship_list(request: AssociationRequest) -> HttpResponse:
    """Budgets with what is committed, spent and left."""
    context = {
        "funds": funds_of(scholarships_of(request.association)),
        "may_change": request.user.has_perm("training.manage_money", request.association),
    }
    return render(request, "training/scholarships/list.html", context)


@association_page("training.manage_money")
@require_http_methods(["GET", "HEAD", "POST"])
def scholarship_new(request: AssociationRequest) -> HttpResponse:
    """A new budget with its rules."""
    today = timezone.localdate()
    form = ScholarshipForm(
        posted(request),
        donors=donors_of(request.association.pk),
        initial={
            "currency": request.association.currency,
            "starts_on": today,
            "ends_on": today.replace(month=12, day=31),
            "share": 50,
        },
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: scholarships.begin(
                association=request.association, values=form.values, by=request.user, at=timezone.now()
            ),
        )
        if made is not None:
            messages.success(request, _("The scholarship is open. It is proposed on the pages of sessions."))
            return redirect("scholarship", request.association.slug, made.pk)
    context = {"form": form, "crumbs": _crumbs(request)}
    return render(request, "training/scholarships/edit.html", context, status=422 if form.errors else 200)


@association_page("training.view_money")
@require_http_methods(["GET", "HEAD", "POST"])
def scholarship(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One scholarship with its awards; POST closes it or opens it again."""
    if request.method == "POST":
        require(request, "training.manage_money", request.association)
    found = found_or_404(scholarships_of(request.association), pk=pk)
    may_change = request.user.has_perm("training.change_scholarship", found)
    if request.method == "POST":
        closed = request.POST.get("action") == "close"
        scholarships.close(scholarship_id=found.pk, closed=closed, by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("scholarship", request.association.slug, found.pk)
    context = {
        "fund": funds_of([found])[0],
        "awards": awards_under(found)[:MOST_AWARDS],
        "may_change": may_change,
        "crumbs": _crumbs(request),
    }
    return render(request, "training/scholarships/scholarship.html", context)


@association_page("training.manage_money")
@require_http_methods(["GET", "HEAD", "POST"])
def scholarship_edit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The budget and the rules."""
    found: Scholarship = found_or_404(scholarships_of(request.association), pk=pk)
    require(request, "training.change_scholarship", found)
    names = (
        "name", "budget", "currency", "starts_on", "ends_on", "share", "most_per_person", "most_per_member",
        "only_women", "topics",
    )  # fmt: skip
    initial = {name: getattr(found, name) for name in names} | {"donor": str(found.donor_id or "")}
    form = ScholarshipForm(posted(request), donors=donors_of(request.association.pk), initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: scholarships.change(
                scholarship_id=found.pk, values=form.values, by=request.user, at=timezone.now()
            ),
        )
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect("scholarship", request.association.slug, found.pk)
    context = {"form": form, "scholarship": found, "crumbs": _crumbs(request, found)}
    return render(request, "training/scholarships/edit.html", context, status=422 if form.errors else 200)


@session_page("training.run_session")
@require_http_methods(["GET", "HEAD", "POST"])
def session_scholarships(request: SessionRequest) -> HttpResponse:
    """Who is registered, with what the rules would pay; managers award."""
    session = request.training_session
    may_award = request.user.has_perm("training.manage_money", request.association)
    problem = ""
    if request.method == "POST":
        require(request, "training.manage_money", request.association)
        try:
            messages.success(request, _award(request))
            return redirect("session_scholarships", request.association.slug, session.pk)
        except Refused as refusal:
            problem = str(refusal.message)
    context = {
        "session": session,
        "proposals": proposals_of(session),
        "funds": [
            one for one in funds_of(scholarships_of(request.association)) if one.scholarship.closed_at is None
        ],
        "may_award": may_award,
        "problem": problem,
    }
    return render(request, "training/scholarships/session.html", context, status=422 if problem else 200)


def _award(request: SessionRequest) -> str:
    """Award what is proposed, to one or to all, or take an award back; what happened, in words."""
    session = request.training_session
    act: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    action = request.POST.get("action", "")
    if action == "all":
        awarded, refused = 0, ""
        for one in proposals_of(session):
            if one.award is not None or one.best is None:
                continue
            try:
                scholarships.award(
                    registration_id=one.registration.pk, scholarship_id=one.best.scholarship.pk, **act
                )
                awarded += 1
            except Refused as refusal:
                refused = str(refusal.message)
        if refused and not awarded:
            raise Refused(refused)
        return _("Awarded: %(count)s.") % {"count": awarded}
    if action == "free":
        found = found_or_404(awards_in(session), pk=_uuid(request.POST.get("award", "")))
        scholarships.take_back(award_id=found.pk, **act)
        return _("The award is taken back.")
    registration = found_or_404(session.registrations.all(), pk=_uuid(request.POST.get("registration", "")))
    chosen = found_or_404(scholarships_of(request.association), pk=_uuid(request.POST.get("scholarship", "")))
    scholarships.award(registration_id=registration.pk, scholarship_id=chosen.pk, **act)
    return _("Awarded.")


@session_page("training.run_session")
@require_http_methods(["GET", "HEAD", "POST"])
def session_money(request: SessionRequest) -> HttpResponse:
    """Lines of costs and income with the sums that follow; managers write them."""
    session = request.training_session
    may_change = request.user.has_perm("training.manage_money", request.association)
    held: list[dict[str, Any]] = [
        {
            "pk": one.pk,
            "kind": one.kind,
            "text": one.text,
            "donor": str(one.donor_id or ""),
            "planned": one.planned,
            "actual": one.actual,
        }
        for one in session.money.order_by("kind", "text", "pk")
    ]
    blank: list[dict[str, Any]] = [{} for _line in range(BLANK_LINES)]
    kwargs = {"donors": list(donors_of(request.association.pk))}
    formset = LineFormSet(posted(request), prefix="line", initial=[*held, *blank], form_kwargs=kwargs)
    problem = ""
    if request.method == "POST":
        require(request, "training.manage_money", request.association)
        if formset.is_valid():
            try:
                lines = [one.line for one in formset if one.line is not None]
                money.write_lines(session_id=session.pk, lines=lines, by=request.user, at=timezone.now())
                messages.success(request, _("Saved."))
                return redirect("session_money", request.association.slug, session.pk)
            except Refused as refusal:
                problem = str(refusal.message)
        else:
            problem = _("Correct the lines that are marked below: nothing is saved yet.")
    context = {
        "session": session,
        "totals": totals_of([session.pk])[session.pk],
        "formset": formset,
        "lines": session.money.select_related("donor").order_by("kind", "text", "pk"),
        "may_change": may_change,
        "problem": problem,
    }
    return render(request, "training/sessions/money.html", context, status=422 if problem else 200)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _crumbs(request: AssociationRequest, found: Scholarship | None = None) -> list[dict[str, str]]:
    slug = request.association.slug
    crumbs = [{"label": _("Scholarships"), "url": reverse("scholarships", args=[slug])}]
    if found is not None:
        crumbs.append({"label": found.name, "url": reverse("scholarship", args=[slug, found.pk])})
    return crumbs
