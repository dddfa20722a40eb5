"""Whether the process lives, and whether it can do its work; for load balancers and people on call."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.selectors.readiness import readiness
from members.web.guards import public_page


@public_page
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers as long as the process lives; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@public_page
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every check passed, else 503; names the checks and nothing of the inside."""
    checks = readiness()
    ready = all(checks.values())
    return JsonResponse(
        {"ready": ready, "checks": {name: "ok" if passed else "failed" for name, passed in checks.items()}},
        status=200 if ready else 503,
    )
