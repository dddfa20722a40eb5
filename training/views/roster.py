"""Pages of the roster: the list and its file, one expert with everything that is kept up to date, and the entry."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted, tried
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import table_file
from training.datasets.roster_file import roster_sheets
from training.forms.roster import EndForm, ExpertForm, RightForm, RosterFilterForm, StatusForm
from training.models import Course, Expert, ExpertDocument
from training.selectors import roster as selectors
from training.selectors.case_ratings import marks_of
from training.selectors.learning import trainer_ratings
from training.services import roster as service
from training.web.papers import ACTIONS, change_papers, key_of, papers_of

VIEW, MANAGE, CHANGE = "training.view_roster", "training.manage_roster", "training.change_expert"
PAGE = 25


@association_page(VIEW)
@require_safe
def roster(request: AssociationRequest) -> HttpResponse:
    """Experts by skill, language, country, status, and free of conflict with an MFI."""
    association, today = request.association, timezone.localdate()
    languages, countries = selectors.values_in_use(association)
    form = RosterFilterForm(
        request.GET,
        languages=languages,
        countries=countries,
        institutions=selectors.institutions_to_name(association, on=today),
    )
    retired = request.GET.get("show") == "retired"
    wanted = form.wanted(retired=retired)
    page = Paginator(selectors.experts(association, request.user, wanted, on=today), PAGE).get_page(
        request.GET.get("page")
    )
    keys = [one.pk for one in page.object_list]
    return render(
        request,
        "training/roster/list.html",
        {
            "form": form,
            "page": page,
            "retired": retired,
            "is_filtered": wanted != selectors.ExpertFilter(retired=retired),
            "marks": marks_of(keys),
            "ratings": trainer_ratings(keys),
            "expiring": selectors.expiring(keys, today=today),
            "may_manage": request.user.has_perm(MANAGE, association),
            "own": any(one.user_id == request.user.pk for one in page.object_list),
        },
    )


@association_page(VIEW)
@require_GET
def roster_file(request: AssociationRequest) -> HttpResponse:
    """The roster as a workbook."""
    association = request.association
    service.log_roster_file(association=association, by=request.user, at=timezone.now())
    everybody = selectors.experts(
        association, request.user, selectors.ExpertFilter(), on=timezone.localdate()
    )
    return table_file(roster_sheets(list(everybody)), kind="xlsx", name=f"{association.slug}-roster")


@association_page(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_new(request: AssociationRequest) -> HttpResponse:
    """Take somebody onto the roster."""
    return _edit(request, None)


@association_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_edit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Change what the roster says of somebody."""
    found = _found(request, pk)
    require(request, CHANGE, found)
    return _edit(request, found)


@association_page(VIEW)
@require_POST
def expert_retire(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Take somebody off the roster, or back onto it."""
    found = _found(request, pk)
    require(request, CHANGE, found)
    back = request.POST.get("action") == "bring_back"
    try:
        change = service.bring_back if back else service.retire
        change(expert_id=found.pk, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = _("%(name)s is on the roster again.") if back else _("%(name)s is off the roster.")
        messages.success(request, words % {"name": found.name})
    return redirect("expert", request.association.slug, found.pk)


@association_page(VIEW)
@require_POST
def expert_link(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Mail a new personal link."""
    found = _found(request, pk)
    require(request, CHANGE, found)
    try:
        service.send_link(expert_id=found.pk, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("A new link is on its way to %(name)s.") % {"name": found.name})
    return redirect("expert", request.association.slug, found.pk)


@association_page(VIEW)
@require_safe
def expert_document(request: AssociationRequest, pk: UUID, document: UUID) -> HttpResponse:
    """A document of an expert, for staff."""
    held = ExpertDocument.objects.filter(
        association=request.association, expert=_found(request, pk), removed_at__isnull=True
    )
    found = found_or_404(held, pk=document)
    return handed_in_file(found.file, name=found.name, content_type=found.content_type)


@association_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def expert(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Everything that staff know of an expert; managers keep it up to date here."""
    found = _found(request, pk)
    today = timezone.localdate()
    institutions = selectors.institutions_to_name(request.association, on=today)
    papers = papers_of(institutions)
    status = StatusForm(
        prefix="status", initial={"status": found.trainer_status, "since": found.trainer_since or today}
    )
    rights = _rights(request, found)
    right = RightForm(prefix="right", initial={"since": today}, **rights)
    ending, ended = EndForm(prefix="endright", initial={"until": today}), ""
    code = 200
    if request.method == "POST":
        require(request, CHANGE, found)
        action, at, words = request.POST.get("action", ""), timezone.now(), ""
        who: dict[str, Any] = {"expert_id": found.pk, "by": request.user, "at": at}
        if action in ACTIONS:
            words = change_papers(request, action, found, papers, institutions, request.user)
        elif action == "status":
            status = StatusForm(request.POST, prefix="status")
            words = tried(
                status, lambda: service.set_status(**status.cleaned_data, **who), _("The status is saved.")
            )
        elif action == "right":
            right = RightForm(request.POST, prefix="right", **rights)
            words = tried(right, lambda: _give(right, who), _("The right to teach is given."))
        elif action == "end_right":
            ending, ended = EndForm(request.POST, prefix="endright"), request.POST.get("right", "")
            words = tried(
                ending,
                lambda: service.end_right(right_id=key_of(ended), until=ending.cleaned_data["until"], **who),
                _("The right to teach ends that day."),
            )
        else:
            raise Http404
        if words:
            messages.success(request, words)
            return redirect("expert", request.association.slug, found.pk)
        code = 422
    return render(
        request,
        "training/roster/expert.html",
        _page(request, found)
        | {"papers": papers, "status": status, "right": right, "ending": ending, "ended": ended},
        status=code,
    )


def _page(request: AssociationRequest, found: Expert) -> dict[str, Any]:
    may_change = request.user.has_perm(CHANGE, found)
    return {
        "expert": found,
        "today": timezone.localdate(),
        "may_change": may_change,
        "mark": marks_of([found.pk]).get(found.pk),
        "rating": trainer_ratings([found.pk]).get(found.pk),
        "rights": selectors.rights_of(found),
        "documents": selectors.documents_of([found.pk]),
        "conflicts": selectors.conflicts_of([found.pk]),
        "taught": selectors.sessions_of(found),
        "cases": selectors.cases_of(found),
    }


def _rights(request: AssociationRequest, found: Expert) -> dict[str, Any]:
    courses = Course.objects.visible_to(request.user).filter(association=request.association)
    return {"courses": list(courses.current().order_by("title")), "status": found.trainer_status}


def _give(form: RightForm, who: dict[str, Any]) -> object:
    typed = form.cleaned_data
    return service.give_right(
        course_id=UUID(typed["course"]), level=typed["level"], since=typed["since"], **who
    )


def _edit(request: AssociationRequest, held: Expert | None) -> HttpResponse:
    form = ExpertForm(
        posted(request),
        initial=ExpertForm.initial_of(held) if held else {"currency": request.association.currency},
    )
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_expert(
                association=request.association,
                values=form.values,
                by=request.user,
                at=timezone.now(),
                expert_id=held.pk if held is not None else None,
            ),
        )
        if saved is not None:
            messages.success(request, _("The entry is saved."))
            return redirect("expert", request.association.slug, saved.pk)
    return render(
        request,
        "training/roster/edit.html",
        {"form": form, "expert": held},
        status=422 if form.is_bound else 200,
    )


def _found(request: AssociationRequest, pk: UUID) -> Expert:
    seen = Expert.objects.visible_to(request.user).filter(association=request.association)
    found = found_or_404(seen.select_related("association", "user"), pk=pk)
    require(request, "training.view_expert", found)
    return found
