"""The page that confirms a certificate to anybody who has its code."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.web.guards import public_page
from members.web.public_pages import rated
from training.forms.certificates import CodeForm
from training.selectors.certificates import certificate_by_code
from training.web.certificates import lines_of


@public_page
@rated("verify")
@require_safe
def certificate_check(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in."""
    form = CodeForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return redirect("certificate_public", form.cleaned_data["code"].replace("/", ""))
    return render(request, "training/certificates/check.html", {"form": form})


@public_page
@never_cache
@rated("verify")
@require_safe
def certificate_public(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a certificate is genuine and valid, for whom and for what; nothing more."""
    found = certificate_by_code(code)
    line = None
    if found is not None:
        [line] = lines_of([found], timezone.now().astimezone(ZoneInfo(found.association.time_zone)).date())
    context = {"certificate": found, "line": line, "form": CodeForm(initial={"code": code[:60]})}
    response = render(request, "training/certificates/public.html", context, status=200 if found else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
