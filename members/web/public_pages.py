"""Pages for everybody: how many of them one address may ask for in a minute."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from spm_portal.common.rates import too_often

READS_A_MINUTE = 60
View = Callable[..., HttpResponse]


def rated(name: str) -> Callable[[View], View]:
    """Count the reads of a public page by the visitor's address; pages of one name are counted together."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not too_often(f"{name}:{get_ip(request)}", limit=READS_A_MINUTE):
                return view(request, *args, **kwargs)
            response = render(request, "members/too_often.html", status=429)
            response["Retry-After"] = "60"
            return response

        return counted

    return decorate
