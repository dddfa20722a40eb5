"""The portal's addresses, an empty page of the same layout and a bare write to measure against."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from members.web.guards import AssociationRequest, association_page, person_page, require
from reporting.models import Answer
from reporting.views.returns import submission_of
from spm_portal.urls import urlpatterns as portal


@association_page()
def empty(request: HttpRequest) -> HttpResponse:
    """The frame of every page with nothing in it."""
    return render(request, "base.html")


@person_page
def empty_person(request: HttpRequest) -> HttpResponse:
    """The same outside of any association."""
    return render(request, "base.html")


@association_page()
@require_POST
def bare_write(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One answer updated for a person who may do so, and a line that says so."""
    submission = submission_of(request, pk)
    require(request, "reporting.edit_return", submission)
    with transaction.atomic():
        Answer.objects.filter(submission=submission, code="active_clients").update(
            number=request.POST["v-active_clients"],
            version=F("version") + 1,
            page=request.POST["page"],
            sequence=request.POST["sequence"],
            changed_at=timezone.now(),
            changed_by=request.user,
        )
    return render(request, "components/notice.html", {"kind": "success", "text": "Saved"})


urlpatterns = [
    path("bench-empty/", empty_person, name="bench_empty_person"),
    path("a/<slug:slug>/bench-empty/", empty, name="bench_empty"),
    path("a/<slug:slug>/returns/<uuid:pk>/bench-write/", bare_write, name="bench_bare_write"),
    *portal,
]
