"""The gallery: every component on one page, so that a change of the look can be judged at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from spm_portal.common.components import COMPONENTS


def gallery(request: HttpRequest) -> HttpResponse:
    components = [(component, component.examples()) for component in COMPONENTS]
    return render(request, "common/gallery.html", {"components": components})
