"""People whom members sent to sessions: the list for staff and members, its file, and taking somebody out."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import Sheet, kind_of, table_file
from training.models import Participant
from training.selectors.home import people_of
from training.services.people import erase

PAGE_SIZE = 25
VIEW = "training.view_calendar"


@association_page(VIEW)
@require_safe
def people(request: AssociationRequest) -> HttpResponse:
    """Who was sent, to how many sessions, with which certificates."""
    words = request.GET.get("words", "").strip()[:100]
    rows = people_of(request.association, request.user, words)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "is_staff": request.user.has_perm("training.view_training", request.association),
    }
    return render(request, "training/people.html", context)


@association_page(VIEW)
@require_safe
def people_file(request: AssociationRequest, kind: str) -> HttpResponse:
    """The same people as Excel or CSV."""
    rows = people_of(request.association, request.user)
    sheet = Sheet(
        _("People"),
        (
            _("Name"),
            _("MFI"),
            _("Sex"),
            _("Job"),
            _("E-mail"),
            _("Country"),
            _("Sessions"),
            _("Certificates"),
        ),
        tuple(
            (
                one.name,
                one.institution.name if one.institution else request.association.name,
                one.get_sex_display(),
                one.job,
                one.email,
                one.country,
                one.held_sessions,
                one.held_certificates,
            )
            for one in rows
        ),
    )
    return table_file([sheet], kind=kind_of(kind), name=f"{request.association.slug}-people")


@association_page(VIEW)
@require_POST
def person_erase(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Take somebody's personal data out of the register."""
    person = found_or_404(
        Participant.objects.visible_to(request.user).filter(association=request.association), pk=pk
    )
    require(request, "training.erase_person", person)
    try:
        erase(participant_id=pk, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Name, job and address are erased. What was counted stays counted."))
    return redirect("people_trained", request.association.slug)
