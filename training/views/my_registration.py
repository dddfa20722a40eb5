"""The pages of a registered person, opened by the own link: when, where, materials, giving the seat back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import found_or_404, public_page
from members.web.links import LinkRequest
from spm_portal.common.downloads import file_of_job, handed_in_file
from spm_portal.common.models import Job, JobState
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from training.datasets.session_calendar import session_file
from training.enums import LIVE_REGISTRATIONS, RegistrationState, SessionState
from training.models import Certificate, Registration
from training.selectors.certificates import own_certificate, own_file_jobs
from training.selectors.materials import by_moment
from training.selectors.registrations import awards_of, place_in_queue
from training.selectors.sessions import days_for
from training.services import certificate_files, registrations
from training.services.downloads import count_download
from training.views.sessions import calendar_answer
from training.web.certificates import lines_of
from training.web.links import PARTICIPANT_LINK


@public_page
@require_safe
def registration_link(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the mail."""
    return PARTICIPANT_LINK.open(request, token)


@PARTICIPANT_LINK.page
@require_safe
def my_registration(request: LinkRequest[Registration]) -> HttpResponse:
    """All that concerns the person about the session."""
    found, now = request.opened, timezone.now()
    session = found.session
    has_seat = found.state == RegistrationState.CONFIRMED
    is_over = session.ends_at <= now
    certificate = own_certificate(found)
    context = {
        "association": found.association,
        "registration": found,
        "session": session,
        "days": days_for(session, found.association.time_zone),
        "trainers": session.trainers.select_related("expert").order_by("expert__name"),
        "has_seat": has_seat,
        "place": place_in_queue(found),
        "award": awards_of([found.pk]).get(found.pk),
        "moments": [(group, group.is_open(now)) for group in by_moment(session)] if has_seat else [],
        "is_over": is_over,
        "certificate": lines_of([certificate], timezone.localdate(now))[0] if certificate else None,
        "can_leave": found.state in LIVE_REGISTRATIONS
        and session.state == SessionState.ANNOUNCED
        and not is_over,
    }
    return render(request, "training/registration/my.html", context)


@PARTICIPANT_LINK.page
@require_POST
def my_registration_leave(request: LinkRequest[Registration]) -> HttpResponse:
    """Give the seat or the place on the waiting list back."""
    found = request.opened
    try:
        registrations.leave(registration_id=found.pk, at=timezone.now())
        messages.success(request, _("You are no longer registered. Thank you for telling."))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("my_registration", found.pk)


@PARTICIPANT_LINK.page
@require_safe
def my_registration_ics(request: LinkRequest[Registration]) -> HttpResponse:
    """The session for the person's calendar; the address in it opens the person's page."""
    found = request.opened
    body = session_file(
        found.session,
        at=timezone.now(),
        address=address_of("my_registration", found.pk),
        with_link=found.state == RegistrationState.CONFIRMED,
    )
    return calendar_answer(body, name=f"session-{found.session.starts_at:%Y-%m-%d}.ics")


@PARTICIPANT_LINK.page
@require_safe
def my_material(request: LinkRequest[Registration], version: UUID) -> HttpResponse:
    """The file of a material that the person gets already."""
    found, now = request.opened, timezone.now()
    if found.state != RegistrationState.CONFIRMED:
        raise Http404
    open_ones = (one for group in by_moment(found.session) if group.is_open(now) for one in group.materials)
    chosen = next((one.version for one in open_ones if one.version.pk == version and one.version.file), None)
    if chosen is None:
        raise Http404
    answer = handed_in_file(chosen.file, name=chosen.name, content_type=chosen.content_type)
    count_download(version=chosen, at=now)
    return answer


@PARTICIPANT_LINK.page
@require_POST
def my_certificate(request: LinkRequest[Registration]) -> HttpResponse:
    """Ask for the own certificate: the file at once where it was made before, else the page that waits for it."""
    found = request.opened
    try:
        job = certificate_files.request_own(registration=found, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("my_registration", found.pk)
    is_made = job.state == JobState.DONE
    return redirect("my_certificate_file" if is_made else "my_certificate_job", found.pk, job.pk)


@PARTICIPANT_LINK.page
@require_safe
def my_certificate_job(request: LinkRequest[Registration], job: UUID) -> HttpResponse:
    """How far the own certificate is."""
    found, asked = request.opened, _certificate_job(request, job)
    template = (
        "training/registration/_certificate_job.html"
        if request.htmx
        else "training/registration/certificate_job.html"
    )
    context = {
        "registration": found,
        "session": found.session,
        "association": found.association,
        "job": asked,
    }
    return render(request, template, context)


@PARTICIPANT_LINK.page
@require_safe
def my_certificate_file(request: LinkRequest[Registration], job: UUID) -> HttpResponse:
    """The own certificate as a PDF."""
    asked = _certificate_job(request, job)
    file = file_of_job(asked, content_type="application/pdf", at=timezone.now())
    return file or redirect("my_certificate_job", request.opened.pk, asked.pk)


def _certificate_job(request: LinkRequest[Registration], pk: UUID) -> Job:
    """The work on the certificate that counts today; Http404 for every other, and once it was revoked."""
    certificate: Certificate | None = own_certificate(request.opened)
    if certificate is None or certificate.revoked_at is not None:
        raise Http404
    found: Job = found_or_404(own_file_jobs(certificate), pk=pk)
    return found
