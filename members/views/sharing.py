"""With which donors an association shares its published releases."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from members.forms import LastDayForm, ShareForm
from members.models import SharingAgreement
from members.selectors.donors import agreements_of, donors_to_choose
from members.services import donors
from members.web.guards import AssociationRequest, association_page, found_or_404
from spm_portal.common.attempt import attempt, posted


@association_page("members.share_with_donors")
def sharing(request: AssociationRequest) -> HttpResponse:
    choices = donors_to_choose(request.association)
    form = ShareForm(posted(request), donors=choices, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        shared = attempt(
            form,
            lambda: donors.share(
                association=request.association, by=request.user, at=timezone.now(), **form.cleaned_data
            ),
        )
        if shared is not None:
            messages.success(request, _("%(name)s can read your releases.") % {"name": shared.donor.name})
            return redirect("sharing", request.association.slug)
    current, past = agreements_of(request.association)
    return render(
        request,
        "members/sharing.html",
        {"form": form, "current": current, "past": past, "any_donor": choices.exists()},
        status=422 if form.errors else 200,
    )


@association_page("members.share_with_donors")
def sharing_end(request: AssociationRequest, pk: UUID) -> HttpResponse:
    agreement = found_or_404(
        SharingAgreement.objects.filter(association=request.association, until__isnull=True).select_related(
            "donor"
        ),
        pk=pk,
    )
    form = LastDayForm(posted(request), initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        ended = attempt(
            form,
            lambda: donors.end_sharing(
                agreement_id=agreement.pk,
                until=form.cleaned_data["last_day"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if ended is not None:
            messages.success(request, _("The agreement has a last day."))
            return redirect("sharing", request.association.slug)
    return render(
        request,
        "members/sharing_end.html",
        {"form": form, "agreement": agreement},
        status=422 if form.errors else 200,
    )
