"""Keys by which a person's own programs use the API: made, shown once, revoked."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.enums import KeyScope
from members.forms import KeyForm
from members.models import ApiKey
from members.services import keys as service
from members.web.guards import PersonRequest, found_or_404, person_page
from spm_portal.common.attempt import attempt, posted


@person_page
def keys(request: PersonRequest) -> HttpResponse:
    """One's own keys; a POST makes one and shows its token this one time."""
    form = KeyForm(posted(request))
    token, status = "", 200
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: service.make_key(
                user=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                lasts=timedelta(days=int(form.cleaned_data["days"])),
                at=timezone.now(),
            ),
        )
        if made is not None:
            token, form = made[1], KeyForm()
    if form.errors:
        status = 422
    rows = ApiKey.objects.visible_to(request.user).order_by("-created_at")
    now = timezone.now()
    labels = dict(KeyScope.choices)
    shown = [
        {
            "key": one,
            "live": one.revoked_at is None and one.expires_at > now,
            "scopes": [labels.get(scope, scope) for scope in one.scopes],
        }
        for one in rows
    ]
    page = {
        "form": form,
        "token": token,
        "live": [one for one in shown if one["live"]],
        "ended": [one for one in shown if not one["live"]],
    }
    return render(request, "members/keys.html", page, status=status)


@person_page
@require_POST
def key_revoke(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Make a key of one's own worthless."""
    key = found_or_404(ApiKey.objects.visible_to(request.user), pk=pk)
    service.revoke_key(key_id=key.pk, by=request.user, at=timezone.now())
    messages.success(request, _("The key “%(name)s” no longer opens anything.") % {"name": key.name})
    return redirect("keys")
