"""Pages of the register of global initiatives, and of the occasions on which the association carried them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from capacity.forms.strategy import InitiativeForm, OccasionForm
from capacity.models import Initiative
from capacity.selectors.strategy import initiatives_of, occasions_of
from capacity.services import initiatives as service
from members.web.guards import AssociationRequest, association_page, found_or_404
from spm_portal.common.attempt import attempt, posted

VIEW, EDIT = "capacity.view_strategy", "capacity.edit_strategy"
WRITE = "capacity.write_ambassador_events"


@association_page(VIEW)
@require_safe
def initiatives(request: AssociationRequest) -> HttpResponse:
    return render(
        request,
        "capacity/initiatives/list.html",
        {
            "initiatives": initiatives_of(request.association),
            "today": timezone.localdate(),
            "may_edit": request.user.has_perm(EDIT, request.association),
        },
    )


@association_page(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def initiative_edit(request: AssociationRequest, pk: UUID | None = None) -> HttpResponse:
    """Enter an initiative, or change the one of this key."""
    held = (
        found_or_404(Initiative.objects.filter(association=request.association), pk=pk)
        if pk is not None
        else None
    )
    form = InitiativeForm(posted(request), initial=InitiativeForm.initial_of(held) if held else {})
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_initiative(
                association=request.association,
                values=form.values,
                by=request.user,
                at=timezone.now(),
                initiative_id=pk,
            ),
        )
        if saved is not None:
            messages.success(request, _("The register is saved."))
            return redirect("initiative", request.association.slug, saved.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "capacity/initiatives/edit.html", {"form": form, "initiative": held}, status=status
    )


@association_page(VIEW)
@require_safe
def initiative(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One initiative with its occasions."""
    found = found_or_404(initiatives_of(request.association), pk=pk)
    return render(
        request,
        "capacity/initiatives/initiative.html",
        {
            "initiative": found,
            "occasions": occasions_of(found),
            "may_edit": request.user.has_perm(EDIT, request.association),
            "may_write": request.user.has_perm(WRITE, request.association),
        },
    )


@association_page(WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def occasion(request: AssociationRequest, pk: UUID, event: UUID | None = None) -> HttpResponse:
    """Write down an occasion of an initiative, or change the one of this key."""
    found: Initiative = found_or_404(Initiative.objects.filter(association=request.association), pk=pk)
    held = found_or_404(found.occasions.all(), pk=event) if event is not None else None
    form = OccasionForm(posted(request), event=held)
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_occasion(
                initiative=found, values=form.values, by=request.user, at=timezone.now(), event_id=event
            ),
        )
        if saved is not None:
            messages.success(request, _("The occasion is written down."))
            return redirect("initiative", request.association.slug, found.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request,
        "capacity/initiatives/occasion.html",
        {"form": form, "initiative": found, "event": held},
        status=status,
    )
