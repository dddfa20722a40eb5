"""Pages of needs: the list that staff decide on, one need, a need noted by staff, and a member's own needs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.table_files import kind_of, table_file
from training.datasets.needs_files import needs_sheets
from training.enums import NeedSource, NeedState, Topic
from training.forms.needs import DecideForm, NeedForm, NewNeedForm
from training.models import Need
from training.selectors.needs import (
    Chosen,
    counts,
    courses_for,
    members_today,
    needs_of,
    offers_for,
    own_needs,
    surveys_of,
    years_of,
)
from training.services import needs as services
from training.web.needs import year_of

VIEW, MANAGE = "training.view_training", "training.manage_training"
# how many needs one page holds
MOST = 100


def _chosen(request: AssociationRequest) -> Chosen:
    """Which needs the address asks for; what it does not know is left out."""
    asked = request.GET
    member = asked.get("member", "")
    if member and member != "own":
        try:
            member = str(UUID(member))
        except ValueError:
            raise Http404 from None
    return Chosen(
        year=year_of(request),
        state=asked.get("state", "") if asked.get("state") in NeedState.values else "",
        topic=asked.get("topic", "") if asked.get("topic") in Topic.values else "",
        source=asked.get("source", "") if asked.get("source") in NeedSource.values else "",
        member=member,
    )


@association_page(VIEW)
@require_safe
def needs(request: AssociationRequest) -> HttpResponse:
    """The needs of a year, with their reasons."""
    return _list(request, _chosen(request))


def _list(request: AssociationRequest, chosen: Chosen, form: DecideForm | None = None) -> HttpResponse:
    found = list(needs_of(request.association, request.user, chosen)[: MOST + 1])
    number = counts(request.association, chosen.year)
    context: dict[str, Any] = {
        "needs": found[:MOST],
        "has_more": len(found) > MOST,
        "most": MOST,
        "chosen": chosen,
        "form": form,
        "years": years_of(request.association, timezone.localdate().year),
        "states": [(state, number.get(state, 0)) for state in NeedState],
        "total": sum(number.values()),
        "topics": Topic,
        "sources": NeedSource,
        "members": members_today(request.association),
        "decisions": [
            (NeedState.CONFIRMED, _("Confirm")),
            (NeedState.MET, _("Mark as met")),
            (NeedState.DISMISSED, _("Dismiss")),
            (NeedState.PROPOSED, _("Back to proposed")),
        ],
        "open_surveys": [
            one for one in surveys_of(request.association, request.user)[:5] if one.state != "closed"
        ],
    }
    return render(request, "training/needs/list.html", context, status=422 if form else 200)


def _back(request: AssociationRequest, year: int | str) -> str:
    return reverse("needs", args=[request.association.slug], query={"year": str(year)})


@association_page(MANAGE)
@require_POST
def needs_propose(request: AssociationRequest) -> HttpResponse:
    """Look at the data, and propose what they say."""
    year = year_of(request)
    found = services.propose_needs(
        association=request.association, year=year, by=request.user, at=timezone.now()
    )
    if found.new:
        words = ngettext(
            "%(count)s new need is proposed. Read the reason, then confirm or dismiss it.",
            "%(count)s new needs are proposed. Read the reasons, then confirm or dismiss them.",
            found.new,
        ) % {"count": found.new}
    elif found.known:
        words = _("The data say nothing new: all they say was proposed before.")
    else:
        words = _("The data say nothing that needs training: no approved return or assessment shows a gap.")
    messages.success(request, words)
    return redirect(_back(request, year))


@association_page(MANAGE)
@require_POST
def needs_decide(request: AssociationRequest) -> HttpResponse:
    """One decision on the ticked needs."""
    chosen = Chosen(year=year_of(request))
    keys = Need.objects.filter(association=request.association, year=chosen.year).values_list("pk", flat=True)
    form = DecideForm(request.POST, keys=[str(key) for key in keys])
    if form.is_valid():
        moved = attempt(
            form,
            lambda: services.decide_needs(
                association=request.association,
                keys=[UUID(key) for key in form.cleaned_data["chosen"]],
                state=form.cleaned_data["state"],
                note=form.cleaned_data["note"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if moved is not None:
            left = len(form.cleaned_data["chosen"]) - moved
            words = ngettext("%(count)s need is decided.", "%(count)s needs are decided.", moved)
            said = words % {"count": moved}
            if left:
                said += " " + ngettext(
                    "%(count)s stays where it stood: it cannot go there from its state.",
                    "%(count)s stay where they stood: they cannot go there from their state.",
                    left,
                ) % {"count": left}
            messages.success(request, said)
            return redirect(_back(request, chosen.year))
    return _list(request, chosen, form)


@association_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One need: its reason, the facts behind it, and the decision."""
    rows = Need.objects.visible_to(request.user).filter(association=request.association)
    found: Need = found_or_404(rows.select_related("institution", "course", "decided_by"), pk=pk)  # type: ignore[assignment]
    require(request, "training.decide_need", found)
    form = NeedForm(posted(request), need=found, courses=courses_for(request.association))
    if form.is_valid():
        data = form.cleaned_data
        saved = attempt(
            form,
            lambda: services.decide_need(
                need=found,
                state=data["state"],
                note=data["note"],
                course=form.chosen_course,
                people=data["people"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if saved is not None:
            messages.success(request, _("The decision is saved."))
            return redirect(_back(request, found.year))
    offers = offers_for(request.association, request.user, [found], timezone.now())
    status = 422 if form.is_bound and form.errors else 200
    context = {
        "need": found,
        "form": form,
        "offers": offers[found.pk],
        "cases": found.cases.order_by("-requested_at", "pk"),
    }
    return render(request, "training/needs/need.html", context, status=status)


@association_page(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def need_new(request: AssociationRequest) -> HttpResponse:
    """A need that staff know of."""
    year = year_of(request)
    form = NewNeedForm(
        posted(request),
        members=members_today(request.association),
        courses=courses_for(request.association),
        year=year,
    )
    if form.is_valid():
        saved = attempt(
            form,
            lambda: services.note_need(
                association=request.association, values=form.values, by=request.user, at=timezone.now()
            ),
        )
        if saved is not None:
            messages.success(request, _("The need is noted."))
            return redirect(_back(request, year))
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "year": year, "back": _back(request, year)}
    return render(request, "training/needs/new.html", context, status=status)


@association_page(VIEW)
@require_safe
def needs_file(request: AssociationRequest, kind: str) -> HttpResponse:
    """The needs of a year as a file."""
    kind, chosen = kind_of(kind), _chosen(request)
    rows = needs_of(request.association, request.user, chosen)
    return table_file(needs_sheets(rows), kind=kind, name=f"{request.association.slug}-needs-{chosen.year}")


@association_page("training.view_our_training")
@require_safe
def our_needs(request: AssociationRequest) -> HttpResponse:
    """What was confirmed of one's own MFIs, with the courses that answer it, and assessments to reply to."""
    found = own_needs(request.association, request.user)
    offers = offers_for(request.association, request.user, found, timezone.now())
    context = {
        "needs": [(one, offers[one.pk]) for one in found],
        "surveys": surveys_of(request.association, request.user)[:10],
        "may_ask": request.user.has_perm("training.view_calendar", request.association),
    }
    return render(request, "training/needs/ours.html", context)
