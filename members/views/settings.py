"""An association's settings and its logo."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.forms.association import AssociationForm
from members.services import associations
from members.web.guards import AssociationRequest, association_page
from spm_portal.common.attempt import attempt, posted

MONTH = 30 * 24 * 60 * 60


@association_page("members.manage_association")
def association_settings(request: AssociationRequest) -> HttpResponse:
    form = AssociationForm(posted(request), request.FILES or None, association=request.association)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: associations.change_association(
                association_id=request.association.pk,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if saved is not None:
            messages.success(request, _("The settings are saved."))
            return redirect("association_settings", request.association.slug)
    return render(
        request, "members/association_settings.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
@association_page()
def logo(request: AssociationRequest) -> HttpResponseBase:
    """The logo, as we drew it from what was uploaded."""
    stored = request.association.logo
    name = stored.name
    if not name or not stored.storage.exists(name):
        raise Http404
    response = FileResponse(stored.storage.open(name), content_type="image/png")
    response["Content-Disposition"] = "inline"
    response["ETag"] = f'"{name.rpartition("/")[2]}"'
    _keep(request, response)
    return response


def _keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """For long in this person's browser where the address names the version, for a moment elsewhere."""
    patch_cache_control(response, private=True, max_age=MONTH if "v" in request.GET else 60)
