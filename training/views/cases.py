"""Cases of technical assistance: list, board, file, a new request, and the page of one case with its small steps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from members.selectors.indicator_names import all_names, names_of
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted, tried
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import table_file
from training.assistance.diagnosis import mean_level
from training.assistance.moves import has_reached
from training.datasets.cases_file import case_sheets
from training.enums import CaseStage, RatingSide, Topic
from training.forms import cases as forms
from training.models import Case, CaseRating, Deliverable, Need
from training.selectors import cases as reads
from training.selectors.case_ratings import is_open_to_both, ratings_for
from training.selectors.diagnosis_forms import form_for, form_of, forms_to_choose
from training.selectors.needs import need_of, need_to_answer
from training.services import case_calls, case_money, case_ratings, case_steps, cases, deliverables
from training.web.cases import Reader, back_of, may_stop, next_of, shows, way_of

# --- Lists --------------------------------------------------------------------------------------------------


@association_page("training.view_calendar")
@require_safe
def case_list(request: AssociationRequest) -> HttpResponse:
    """All cases for staff, the own ones for members: as a list, or by stage."""
    is_staff = request.user.has_perm("training.manage_training", request.association)
    members = reads.members_to_ask_for(request.association, request.user)
    shown = forms.ListFilter(request.GET or None, members=members)
    lines = reads.case_lines(request.association, request.user, _wanted(request.GET))
    is_board = is_staff and request.GET.get("view") == "board"
    context = {
        "is_staff": is_staff,
        "is_board": is_board,
        "lines": lines,
        "columns": reads.board_of(lines) if is_board else (),
        "filter": shown,
        "today": timezone.localdate(),
        "is_filtered": any(request.GET.get(name) for name in ("words", "stage", "topic", "member")),
        "may_ask": bool(members),
        "query": _query(request.GET),
    }
    return render(request, "training/cases/list.html", context)


@association_page("training.manage_training")
@require_GET
def cases_file(request: AssociationRequest) -> HttpResponse:
    """Cases with cost and outcome as a workbook."""
    lines = reads.case_lines(request.association, request.user, _wanted(request.GET))
    return table_file(case_sheets(lines), kind="xlsx", name=f"{request.association.slug}-cases")


def _wanted(query: QueryDict) -> reads.CaseFilter:
    try:
        member = UUID(query.get("member", ""))
    except ValueError:
        member = None
    stage, topic = query.get("stage", ""), query.get("topic", "")
    return reads.CaseFilter(
        words=query.get("words", "").replace("\x00", "").strip()[:80],
        stage=stage if stage in CaseStage.values else "",
        topic=topic if topic in Topic.values else "",
        member=member,
    )


def _query(query: QueryDict) -> str:
    kept = query.copy()
    kept.pop("view", None)
    return kept.urlencode()


# --- A new case ---------------------------------------------------------------------------------------------


@association_page("training.view_calendar")
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: AssociationRequest) -> HttpResponse:
    """Ask for technical assistance, as a member or as staff for one."""
    members = reads.members_to_ask_for(request.association, request.user)
    if not members:
        raise Http404
    need = _need(request)
    first = {"topic": need.topic, "member": str(need.institution_id)} if need else {}
    topic = request.GET.get("topic", "")
    form = forms.RequestForm(
        posted(request),
        members=members,
        indicators=all_names(request.association),
        initial=first or ({"topic": topic} if topic in Topic.values else {}),
    )
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        made = attempt(
            form,
            lambda: cases.request(
                association_id=request.association.pk,
                institution_id=found["member"],
                title=found["title"],
                topic=found["topic"],
                text=found["request"],
                indicators=found.get("indicators", ()),
                need_id=need.pk if need and need.institution_id == found["member"] else None,
                by=request.user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(
                request, _("Your request was sent as case %(number)s.") % {"number": made.number}
            )
            return redirect("case", request.association.slug, made.pk)
    is_staff = request.user.has_perm("training.manage_training", request.association)
    page = {"need": need, "is_one": len(members) == 1, "is_staff": is_staff}
    return render(
        request, "training/cases/new.html", {"form": form, **page}, status=422 if form.errors else 200
    )


def _need(request: AssociationRequest) -> Need | None:
    """The need of a member that the address names and that the case is to answer."""
    try:
        pk = UUID(request.GET.get("need", ""))
    except ValueError:
        return None
    return need_to_answer(request.association, request.user, pk)


# --- One case -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Forms:
    """The forms of a case's page, as they were sent or empty, and a refusal that belongs to none of them."""

    take_up: BaseForm
    follow_up: BaseForm
    outcome: BaseForm
    hand_in: BaseForm = field(default_factory=forms.HandInForm)
    decision: BaseForm = field(default_factory=forms.DecisionForm)
    hours: BaseForm = field(default_factory=forms.HoursForm)
    cost: BaseForm = field(default_factory=forms.CostForm)
    rating: BaseForm = field(default_factory=forms.RatingForm)
    stop: BaseForm = field(default_factory=forms.StopForm)
    problem: str = ""
    deliverable: UUID | None = None  # the one that a form was sent for

    @property
    def has_errors(self) -> bool:
        """Whether anything has to be corrected."""
        held = (self.take_up, self.follow_up, self.outcome, self.hand_in, self.decision)
        rest = (self.hours, self.cost, self.rating, self.stop)
        return bool(self.problem) or any(form.errors for form in (*held, *rest))


@association_page("training.view_calendar")
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One case: where it stands, what comes next, and everything that it holds."""
    found = _case(request, pk)
    filled = _forms(found)
    if request.method == "POST":
        done = _act(request, found, filled)
        if done:
            messages.success(request, done)
            return redirect("case", request.association.slug, found.pk)
        found = _case(request, pk)  # as it is after the refusal
    return _page(request, found, filled)


def _case(request: AssociationRequest, pk: UUID) -> Case:
    found = found_or_404(reads.cases_in(request.association, request.user), pk=pk)
    require(request, "training.view_case", found)
    return found


def _forms(found: Case) -> _Forms:
    proposed = form_for(found.topic)
    today = timezone.localdate()
    return _Forms(
        take_up=forms.FormChoice(
            choices=partial(forms_to_choose, found.association),
            initial={"form": proposed.key if proposed else ""},
        ),
        follow_up=forms.FollowUpForm(initial={"on": found.follow_up_on}),
        outcome=forms.OutcomeForm(initial={"outcome": found.outcome}),
        hours=forms.HoursForm(initial={"worked_on": today}),
        cost=forms.CostForm(initial={"spent_on": today}),
    )


def _act(request: AssociationRequest, found: Case, filled: _Forms) -> str:
    """Do what the button says; what to tell the person, or nothing where the forms say what is wrong."""
    by, at, today = request.user, timezone.now(), timezone.localdate()
    act: dict[str, Any] = {"case_id": found.pk, "by": by, "at": at}
    action = request.POST.get("action", "")
    form: BaseForm
    if action == "take_up":
        filled.take_up = form = forms.FormChoice(
            request.POST, choices=partial(forms_to_choose, found.association)
        )
        words = _("The diagnosis has begun. The member was told.")
        return tried(form, lambda: cases.take_up(**act, form=form.cleaned_data["form"]), words)
    if action == "stop":
        filled.stop = form = forms.StopForm(request.POST)
        words = _("The case is stopped. Both sides were told.")
        return tried(form, lambda: case_steps.stop(**act, reason=form.cleaned_data["reason"]), words)
    if action == "follow_up":
        filled.follow_up = form = forms.FollowUpForm(request.POST)
        return tried(form, lambda: cases.plan_follow_up(**act, on=form.cleaned_data["on"]), _("Saved."))
    if action == "outcome":
        filled.outcome = form = forms.OutcomeForm(request.POST)
        return tried(form, lambda: cases.write_outcome(**act, **form.cleaned_data), _("Saved."))
    if action == "rate":
        filled.rating = form = forms.RatingForm(request.POST)
        words = _("Thank you. The expert does not read it before rating too.")
        return tried(form, lambda: case_ratings.rate(**act, **form.cleaned_data), words)
    if action == "hours":
        filled.hours = form = forms.HoursForm(request.POST)
        return tried(form, lambda: case_money.add_hours(**act, today=today, **form.cleaned_data), _("Saved."))
    if action == "cost":
        filled.cost = form = forms.CostForm(request.POST)
        return tried(form, lambda: case_money.add_cost(**act, today=today, **form.cleaned_data), _("Saved."))
    if action in ("hand_in", "accept", "send_back"):
        return _with_deliverable(request, found, filled, action, at)
    plain: dict[str, tuple[Callable[[], object], str]] = {
        "move": (
            lambda: case_steps.move(
                **act, to=request.POST.get("to", ""), meets_need=bool(request.POST.get("meets_need"))
            ),
            _("Done. Both sides were told."),
        ),
        "hours_away": (
            lambda: case_money.take_hours_away(hours_id=_id_in(found.hours, request), by=by, at=at),
            _("Taken away."),
        ),
        "cost_away": (
            lambda: case_money.take_cost_away(cost_id=_id_in(found.costs, request), by=by, at=at),
            _("Taken away."),
        ),
        "send_link": (
            lambda: case_calls.send_again(call_id=_id_in(found.calls, request), by=by, at=at),
            _("A new link is on its way. The old one no longer opens."),
        ),
    }
    if action not in plain:
        raise Http404
    call, words = plain[action]
    try:
        call()
    except Refused as refused:
        filled.problem = str(refused.message)
        return ""
    return words


def _with_deliverable(
    request: AssociationRequest, found: Case, filled: _Forms, action: str, at: datetime
) -> str:
    one = found.deliverables.filter(pk=_uuid(request.POST.get("deliverable", ""))).first()
    if one is None:
        raise Http404
    filled.deliverable = one.pk
    if action == "hand_in":
        filled.hand_in = sent = forms.HandInForm(request.POST, request.FILES)
        return tried(
            sent,
            lambda: deliverables.hand_in(
                deliverable_id=one.pk,
                note=sent.cleaned_data["note"],
                upload=sent.cleaned_data["file"],
                by=request.user,
                at=at,
            ),
            _("Kept as handed in. Both sides were told."),
        )
    filled.decision = form = forms.DecisionForm(request.POST)
    call = deliverables.accept if action == "accept" else deliverables.send_back
    words = _("Accepted. Member and expert were told.")
    return tried(
        form,
        lambda: call(deliverable_id=one.pk, words=form.cleaned_data["words"], by=request.user, at=at),
        words if action == "accept" else _("Sent back with your words."),
    )


def _id_in(rows: Any, request: AssociationRequest) -> UUID:
    """The id that was sent, of a row of this case; Http404 for others."""
    pk = _uuid(request.POST.get("row", ""))
    if not rows.filter(pk=pk).exists():
        raise Http404
    return pk


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _page(request: AssociationRequest, found: Case, filled: _Forms) -> HttpResponse:
    at, reader = timezone.now(), Reader.of(request.user, found)
    given = reads.ratings_of(found)
    form = form_of(request.association, found.diagnosis_form)
    totals = reads.totals_of([found.pk])[found.pk]
    context = {
        "case": found,
        "reader": reader,
        "way": way_of(found),
        "next": next_of(found, reader, at=at),
        "back": back_of(found, reader),
        "may_stop": may_stop(found, reader),
        "indicators": names_of(request.association, found.indicators),
        "need": need_of(found, request.user),
        "is_done": has_reached(found.stage, CaseStage.RATING),
        "form_of_diagnosis": form,
        "mean_level": mean_level(form, found.diagnosis) if form else None,
        "shows_diagnosis": shows(found, CaseStage.DIAGNOSIS),
        "shows_terms": shows(found, CaseStage.TERMS) and found.objectives,
        "shows_experts": reader.is_staff and shows(found, CaseStage.CALL),
        "shows_contract": shows(found, CaseStage.CONTRACT),
        "shows_work": shows(found, CaseStage.DELIVERY),
        "shows_ratings": shows(found, CaseStage.RATING),
        "calls": reads.calls_of(found) if reader.is_staff else (),
        "deliverables": _rows(found, reads.deliverables_of(found), reader, filled),
        "hours": reads.hours_of(found),
        "costs": reads.costs_of(found),
        "totals": totals,
        "planned_part": reads.shared(found.budget, found.subsidy_share) if found.budget is not None else None,
        "ratings": given if reader.is_staff else ratings_for(RatingSide.MEMBER, given, at=at),
        "may_rate": _may_rate(found, reader, given, at),
        "waits_for_expert": reader.is_member and not is_open_to_both(given, at=at),
        "moves": reads.moves_of(found),
        "forms": filled,
        "today": timezone.localdate(),
    }
    return render(request, "training/cases/case.html", context, status=422 if filled.has_errors else 200)


def _may_rate(found: Case, reader: Reader, given: list[CaseRating], at: datetime) -> bool:
    return (
        reader.is_member
        and found.stage in (CaseStage.RATING, CaseStage.FOLLOW_UP)
        and all(one.side != RatingSide.MEMBER for one in given)
        and not is_open_to_both(given, at=at)
    )


def _rows(found: Case, held: list[Deliverable], reader: Reader, filled: _Forms) -> list[dict[str, Any]]:
    """Deliverables with what the reader may do with each, and the form that was sent for it."""
    runs = reader.is_staff and found.stage == CaseStage.DELIVERY

    def is_sent(one: Deliverable) -> bool:
        return filled.deliverable == one.pk

    return [
        {
            "one": one,
            "may_hand_in": runs and one.state in ("due", "returned"),
            "may_decide": runs and one.state == "delivered",
            "hand_in": filled.hand_in if is_sent(one) else forms.HandInForm(auto_id=f"in-{one.pk}-%s"),
            "decision": filled.decision if is_sent(one) else forms.DecisionForm(auto_id=f"on-{one.pk}-%s"),
        }
        for one in held
    ]
