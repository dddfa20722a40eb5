"""Who sees what of an MFI, and the consents behind it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from members.forms import ConsentForm
from members.selectors import consents as selectors
from members.selectors.register import member_for
from members.services import consents as services
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.refusal import Refused


@association_page()
def consents(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Everybody who may see the MFI sees the consents; only its signatory changes them."""
    institution = found_or_404(member_for(request.user, request.association), pk=pk)
    if request.method == "POST":
        require(request, "members.give_consent", institution)
        form = ConsentForm(request.POST)
        if not form.is_valid():
            raise BadRequest
        change = services.give if form.cleaned_data["action"] == "give" else services.withdraw
        try:
            change(
                association=request.association,
                institution=institution,
                purpose=form.cleaned_data["purpose"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Your decision is kept. It counts for releases from now on."))
        return redirect("consents", request.association.slug, institution.pk)
    return render(
        request,
        "members/consents.html",
        {
            "institution": institution,
            "purposes": selectors.purposes_of(request.association, institution),
            "recipients": selectors.recipients_of(request.association),
            "may_decide": request.user.has_perm("members.give_consent", institution),
        },
    )
