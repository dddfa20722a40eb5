"""Which donors see what of the association's capacity, chosen by its managers in one table."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from capacity.enums import ConsentScope
from capacity.selectors.proposals import newest_agreed
from capacity.selectors.sharing import sharing_reads, sharing_steps, sharing_table
from capacity.services import sharing as services
from capacity.services.sharing import ItemAndDonor
from members.web.guards import AssociationRequest, association_page, require
from spm_portal.common.refusal import Refused

MOST_TICKS = 5000


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def capacity_sharing(request: AssociationRequest) -> HttpResponse:
    """The table; staff look at it, managers change it."""
    association = request.association
    if request.method == "POST":
        require(request, "capacity.manage_capacity", association)
        try:
            _change(request)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("capacity_sharing", association.slug)
    return render(
        request,
        "capacity/plan/sharing.html",
        {
            "table": sharing_table(association),
            "steps": sharing_steps(association),
            "reads": sharing_reads(association),
            "newest": newest_agreed(association),
            "may_change": request.user.has_perm("capacity.manage_capacity", association),
        },
    )


def _change(request: AssociationRequest) -> None:
    action = request.POST.get("action", "")
    association, now = request.association, timezone.now()
    if action == "network_give":
        services.give_consent(association=association, scope=ConsentScope.NETWORK, by=request.user, at=now)
        messages.success(request, _("Your assessments count in figures about many associations from now on."))
    elif action == "network_withdraw":
        services.withdraw_consent(
            association=association, scope=ConsentScope.NETWORK, by=request.user, at=now
        )
        messages.success(request, _("Your assessments no longer count in figures about many associations."))
    elif action == "table":
        _change_table(request)
    else:
        raise BadRequest


def _change_table(request: AssociationRequest) -> None:
    """Only what this person ticked or cleared is changed: what a colleague changed meanwhile stays."""
    was, now = _ticks(request, "was"), _ticks(request, "open")
    new, gone = now - was, was - now
    number = services.change(
        association=request.association,
        by=request.user,
        at=timezone.now(),
        share=[ItemAndDonor(item, donor) for donor, item in new if item is not None],
        end=[ItemAndDonor(item, donor) for donor, item in gone if item is not None],
        open_to=[donor for donor, item in new if item is None],
        close_to=[donor for donor, item in gone if item is None],
    )
    words = ngettext(
        "%(count)s thing changed. It counts at once.", "%(count)s things changed. It counts at once.", number
    )
    messages.success(request, words % {"count": number} if number else _("Nothing was changed."))


def _ticks(request: AssociationRequest, name: str) -> set[tuple[UUID, UUID | None]]:
    """Ticks by donor and item; without an item it is about the assessments."""
    try:
        found = [one.partition(":") for one in request.POST.getlist(name)[:MOST_TICKS]]
        return {(UUID(donor), UUID(item) if item else None) for donor, _colon, item in found}
    except ValueError:
        raise BadRequest from None
