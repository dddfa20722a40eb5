"""The portal's addresses and one empty page of the same layout to measure against."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from members.web.guards import association_page
from spm_portal.urls import urlpatterns as portal


@association_page()
def empty(request: HttpRequest) -> HttpResponse:
    """The frame of every page with nothing in it."""
    return render(request, "base.html")


urlpatterns = [path("a/<slug:slug>/bench-empty/", empty, name="bench_empty"), *portal]
