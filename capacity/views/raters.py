"""Inviting raters, sending a link again, and taking somebody off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from capacity.enums import Stage
from capacity.forms.assessments import RaterForm
from capacity.models import Rater
from capacity.services import raters as service
from capacity.views.assessments import found_assessment
from members.selectors.readers import staff_of
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt
from spm_portal.common.refusal import Refused


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def rater_invite(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Invite one rater after the other."""
    assessment = found_assessment(request, pk)
    require(request, "capacity.run_assessment", assessment)
    form = RaterForm(request.POST or None, colleagues=staff_of(request.association.pk))
    if form.is_valid():
        made = attempt(
            form,
            lambda: service.invite(
                assessment_id=assessment.pk, by=request.user, at=timezone.now(), **_wanted(form.cleaned_data)
            ),
        )
        if made is not None:
            words = {
                True: _("%(name)s is a rater on paper. Print or send the workbook.") % {"name": made.name},
                False: _("%(name)s is a rater and is told by mail.") % {"name": made.name},
            }
            messages.success(request, words[made.on_paper])
            another = "another" in request.POST
            return redirect("rater_invite" if another else "assessment", request.association.slug, pk)
    return render(
        request,
        "capacity/assessments/invite.html",
        {"form": form, "assessment": assessment, "is_rating": assessment.stage == Stage.RATING},
        status=422 if form.errors else 200,
    )


@association_page("capacity.view_capacity")
@require_POST
def rater_change(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Send a link again, or take a rater off."""
    rater = found_or_404(Rater.objects.filter(association=request.association), pk=pk)
    require(request, "capacity.run_assessment", found_assessment(request, rater.assessment_id))
    try:
        if request.POST.get("action") == "send":
            service.send_again(rater_id=rater.pk, by=request.user, at=timezone.now())
            messages.success(request, _("A new link is on its way to %(name)s.") % {"name": rater.name})
        elif request.POST.get("action") == "take_off":
            service.take_off(rater_id=rater.pk, by=request.user, at=timezone.now())
            messages.success(request, _("%(name)s is no longer a rater.") % {"name": rater.name})
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("assessment", request.association.slug, rater.assessment_id)


def _wanted(data: dict[str, Any]) -> dict[str, Any]:
    person = data["person"]
    return {
        "way": data["way"],
        "group": data["group"],
        "name": data["name"],
        "email": data["email"],
        "user_id": UUID(person) if person else None,
    }
