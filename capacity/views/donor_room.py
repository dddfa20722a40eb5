"""A donor's room: the associations that share with it, what each shares, offers for items, and gaps across all.

Pages with items answer GET alone: a HEAD would show nothing and leave a row in the log all the same.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from capacity.datasets.donor_room import ItemLine
from capacity.datasets.support_gaps import Gaps, gap_sheets
from capacity.forms.support import OfferForm
from capacity.selectors.donor_rooms import room_entries
from capacity.selectors.frameworks import framework_of
from capacity.services import donor_reads, offers
from capacity.web.sides import Side
from members.models import Donor
from members.web.guards import PersonRequest, found_or_404, person_page, require
from spm_portal.common.attempt import attempt
from spm_portal.common.table_files import table_file


def donor_of(request: PersonRequest, slug: str) -> Donor:
    """The donor for which the person reads; Http404 and PermissionDenied as everywhere."""
    donor = found_or_404(Donor.objects.visible_to(request.user), slug=slug)
    require(request, "capacity.view_donor_room", donor)
    return donor


@person_page
@require_safe
def donor_room(request: PersonRequest, slug: str) -> HttpResponse:
    """The associations that share plan items or assessments with the donor; no item and no level stands here."""
    donor = donor_of(request, slug)
    context = {"side": Side(donor=donor), "donor": donor, "entries": room_entries(donor), "tab": "room"}
    return render(request, "capacity/donors/room.html", context)


@person_page
@require_GET
def donor_association(request: PersonRequest, slug: str, association: str) -> HttpResponse:
    """Everything that one association shares."""
    donor = donor_of(request, slug)
    room = donor_reads.open_room(
        donor=donor, association_slug=association, by=request.user, at=timezone.now()
    )
    if room is None:
        raise Http404
    side = Side(donor=donor)
    context = {"side": side, "donor": donor, "room": room, "tab": "room", "crumbs": side.crumbs()}
    return _uncached(render(request, "capacity/donors/association.html", context))


@person_page
@require_http_methods(["GET", "POST"])
def donor_item(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One shared item, and the form that offers support for it."""
    donor = donor_of(request, slug)
    line = donor_reads.open_item(donor=donor, item_id=pk, by=request.user, at=timezone.now())
    if line is None:
        raise Http404
    form = _offer_form(request, line)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: offers.make(
                item_id=pk, donor_id=donor.pk, by=request.user, at=timezone.now(), **form.cleaned_data
            ),
        )
        if made is not None:
            messages.success(
                request,
                _("Your offer is made. %(association)s was told by mail.")
                % {"association": made.association.name},
            )
            return redirect("donor_offer", donor.slug, made.pk)
    side, item = Side(donor=donor), line.shared.item
    room = (item.association.name, side.url("association", item.association.slug))
    context = {
        "side": side,
        "donor": donor,
        "line": line,
        "form": form,
        "tab": "room",
        "crumbs": side.crumbs(room),
        "own_offers": side.between.offers(request.user).filter(item=item),
    }
    return _uncached(
        render(request, "capacity/donors/item.html", context, status=422 if form.errors else 200)
    )


def _offer_form(request: PersonRequest, line: ItemLine) -> OfferForm:
    item, framework = line.shared.item, framework_of(line.shared.item.framework)
    if request.method == "POST":
        return OfferForm(request.POST, framework=framework)
    initial = {
        "currency": item.currency,
        "support_area": item.support_area,
        "amount": line.shared.money.gap or None,
        "starts_on": item.starts_on,
        "ends_on": item.due_on,
    }
    return OfferForm(initial=initial, framework=framework)


@person_page
@require_GET
def donor_gaps(request: PersonRequest, slug: str) -> HttpResponse:
    """Where money is missing most, over all associations that share."""
    donor = donor_of(request, slug)
    gaps = _gaps(request, donor)
    context = {"side": Side(donor=donor), "donor": donor, "gaps": gaps, "tab": "gaps"}
    return _uncached(render(request, "capacity/donors/gaps.html", context))


@person_page
@require_GET
def donor_gaps_file(request: PersonRequest, slug: str) -> HttpResponse:
    """The same as a workbook."""
    donor = donor_of(request, slug)
    gaps = _gaps(request, donor, source=donor_reads.AS_FILE)
    name = f"{donor.slug}-gaps-{gaps.currency or 'none'}"
    return table_file(gap_sheets(gaps), kind="xlsx", name=name)


def _gaps(request: PersonRequest, donor: Donor, source: str = donor_reads.ON_PAGE) -> Gaps:
    return donor_reads.open_gaps(
        donor=donor,
        by=request.user,
        at=timezone.now(),
        currency=request.GET.get("currency", ""),
        framework=request.GET.get("framework", ""),
        source=source,
    )


def _uncached(response: HttpResponse) -> HttpResponse:
    """Sharing that ends counts on the next request, so that no cache keeps these pages."""
    response["Cache-Control"] = "private, no-store"
    return response
