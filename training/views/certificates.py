"""Certificates of an association, of a member and of a session: lists, files, renewing, revoking."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from members.models import Association
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import posted, tried
from spm_portal.common.downloads import file_of_job, made_file
from spm_portal.common.models import Job
from spm_portal.common.refusal import Refused
from training.forms.certificates import OTHERS, FilterForm, RenewForm, RevokeForm
from training.models import Certificate, TrainingSession
from training.selectors.certificates import certificates_of, file_jobs, of_session, radar, with_renewals
from training.selectors.passing import passing
from training.services import certificate_files, certificates
from training.web.certificates import lines_of
from training.web.ids import chosen_ids

PAGE_SIZE = 25


@association_page("training.view_calendar")
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_list(request: AssociationRequest) -> HttpResponse:
    """Certificates that the person may see; managers renew several at once."""
    association, today = request.association, _today(request.association)
    may_renew = request.user.has_perm("training.issue_certificates", association)
    form = RenewForm(posted(request))
    status = 200
    if request.method == "POST":
        require(request, "training.issue_certificates", association)
        chosen = chosen_ids(request.POST, "certificate")
        own = certificates_of(association, request.user, today=today).filter(pk__in=chosen)
        words = tried(
            form,
            lambda: certificates.renew(
                certificate_ids=list(own.values_list("pk", flat=True)),
                ground=form.cleaned_data["ground"],
                by=request.user,
                at=timezone.now(),
            ),
            _("Renewed. The holders are told by mail."),
        )
        if words:
            messages.success(request, words)
            return redirect("certificates", association.slug)
        status = 422
    wanted = FilterForm(request.GET)
    asked = wanted.cleaned_data if wanted.is_valid() else {"standing": "", "words": ""}
    rows = certificates_of(association, request.user, **asked, today=today)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = lines_of(page, today)
    context = {
        "filter": wanted,
        "is_filtered": any(asked.values()),
        "page": page,
        "lines": lines,
        "others": OTHERS,
        "radar": radar(association, request.user, today),
        "form": form,
        "chosen": {str(one) for one in chosen_ids(request.POST, "certificate")},
        # the form and its column stand only where somebody could be ticked
        "may_renew": may_renew and (bool(form.errors) or any(line.is_renewable for line in lines)),
        "is_staff": request.user.has_perm("training.view_training", association),
    }
    return render(request, "training/certificates/list.html", context, status=status)


@association_page("training.view_calendar")
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One certificate: what it says, how it stands, its public page; managers revoke it."""
    found = _certificate(request, pk)
    form = RevokeForm(posted(request))
    status = 200
    if request.method == "POST":
        require(request, "training.revoke_certificate", found)
        words = tried(
            form,
            lambda: certificates.revoke(
                certificate_id=pk, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            ),
            _("Revoked. The holder and the member are told by mail."),
        )
        if words:
            messages.success(request, words)
            return redirect("certificate", request.association.slug, pk)
        status = 422
    [line] = lines_of([found], _today(request.association))
    context = {
        "certificate": found,
        "line": line,
        "form": form,
        "code": certificate_files.in_groups(found.code),
        "may_revoke": request.user.has_perm("training.revoke_certificate", found),
    }
    return render(request, "training/certificates/certificate.html", context, status=status)


@association_page("training.view_calendar")
@require_GET
def certificate_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The certificate as a PDF."""
    found = _certificate(request, pk)
    return made_file(
        certificate_files.as_pdf(found),
        name=certificate_files.file_name(found),
        content_type="application/pdf",
    )


@association_page("training.view_training")
@require_http_methods(["GET", "HEAD", "POST"])
def session_certificates(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Who passed a session and who did not, with the reason; managers issue the certificates."""
    session = _session(request, pk)
    status = 200
    chosen = set(chosen_ids(request.POST, "registration"))
    if request.method == "POST":
        require(request, "training.issue_certificates", request.association)
        try:
            made = certificates.issue(
                session_id=pk, registration_ids=chosen, by=request.user, at=timezone.now()
            )
        except Refused as refused:
            messages.error(request, str(refused))
            status = 422
        else:
            words = ngettext(
                "%(count)s certificate was issued; its holder is told by mail.",
                "%(count)s certificates were issued; their holders are told by mail.",
                len(made),
            )
            messages.success(request, words % {"count": len(made)})
            return redirect("session_certificates", request.association.slug, pk)
    candidates = passing(session)
    open_ones = [one for one in candidates if one.passed and one.certificate is None]
    context = {
        "session": session,
        "has_begun": session.starts_at <= timezone.now(),
        "candidates": candidates,
        "open_ones": open_ones,
        "chosen": chosen or {one.registration.pk for one in open_ones},
        "issued": of_session(session),
        "job": file_jobs(session).first(),
        "may_issue": request.user.has_perm("training.issue_certificates", request.association),
    }
    return render(request, "training/certificates/session.html", context, status=status)


@association_page("training.issue_certificates")
@require_POST
def session_certificate_files(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Ask for all certificates of a session in one archive."""
    session = _session(request, pk)
    try:
        job = certificate_files.request_files(session_id=session.pk, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("session_certificates", request.association.slug, pk)
    return redirect("session_certificates_job", request.association.slug, pk, job.pk)


@association_page("training.issue_certificates")
@require_safe
def session_certificates_job(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    """How far the archive is."""
    session = _session(request, pk)
    found: Job = found_or_404(file_jobs(session), pk=job)
    template = "training/certificates/_job.html" if request.htmx else "training/certificates/job.html"
    return render(request, template, {"session": session, "job": found})


@association_page("training.issue_certificates")
@require_safe
def session_certificates_archive(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    """The archive."""
    found: Job = found_or_404(file_jobs(_session(request, pk)), pk=job)
    file = file_of_job(found, content_type="application/zip", at=timezone.now())
    return file or redirect("session_certificates_job", request.association.slug, pk, found.pk)


def _certificate(request: AssociationRequest, pk: UUID) -> Certificate:
    rows = with_renewals(
        Certificate.objects.visible_to(request.user).filter(association=request.association)  # type: ignore[arg-type]
    )
    return found_or_404(
        rows.select_related("association", "institution", "participant", "session", "issued_by", "renews"),
        pk=pk,
    )


def _session(request: AssociationRequest, pk: UUID) -> TrainingSession:
    return found_or_404(
        TrainingSession.objects.visible_to(request.user)
        .filter(association=request.association)
        .select_related("association", "course"),
        pk=pk,
    )


def _today(association: Association) -> date:
    return timezone.now().astimezone(ZoneInfo(association.time_zone)).date()
