"""Certificates on paper: one as a PDF at once; all of a session, and a holder's own, laid out by a worker."""

import hashlib
import io
import zipfile
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, User
from members.services.job_rights import asker_of
from members.services.paper import assets_of, logo_of
from members.services.permission import permit
from spm_portal.common import audit, jobs
from spm_portal.common.jobs import JobCancelled, JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.origin import address_of
from spm_portal.common.pdf import render_pdf
from spm_portal.common.qr import qr_svg
from spm_portal.common.refusal import Refused
from training.models import Certificate, Registration, TrainingSession
from training.selectors.certificates import CERTIFICATES_KIND, OWN_KIND, of_session, own_certificate

LAYOUT = 1  # goes up when certificates look or say something else, so that asking again makes a new file
TEMPLATE = "training/certificates/paper.html"
ARCHIVE_TIME = (2000, 1, 1, 0, 0, 0)  # the same certificates give the same archive
PERMISSION = "training.issue_certificates"


def request_files(*, session_id: UUID, by: User, at: datetime) -> Job:
    """Ask for all certificates of a session; as long as they are the same, asking again gives the same file.

    Raises PermissionDenied, and Refused where none was issued.
    """
    session = TrainingSession.objects.select_related("association").get(pk=session_id)
    forget(by)
    permit(by, PERMISSION, session.association)
    found = of_session(session)
    if not found:
        raise Refused(_("No certificate of this session was issued yet."))
    mark = hashlib.sha256(",".join(sorted(one.number for one in found)).encode()).hexdigest()[:16]
    with transaction.atomic():
        job = jobs.request_job(
            CERTIFICATES_KIND,
            by=by,
            at=at,
            args={"session": str(session.pk)},
            association_id=session.association_id,
            key=f"{CERTIFICATES_KIND}:{LAYOUT}:{session.pk}:{mark}",
            again=True,
        )
        audit.record(
            "training.certificates_requested",
            session,
            by=by,
            at=at,
            association_id=session.association_id,
            job=str(job.pk),
        )
    return job


def make(job: Job, progress: Progress) -> JobResult:
    """Do one such job, certificate by certificate: the rights of the person who asked count now."""
    session = TrainingSession.objects.select_related("association").get(pk=job.args["session"])
    asker_of(job, PERMISSION, session.association)
    found = of_session(session)
    assets = _assets(session.association)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, certificate in enumerate(found):
            with translation.override(certificate.language):
                progress(place, len(found), certificate.holder)
            entry = zipfile.ZipInfo(file_name(certificate), ARCHIVE_TIME)
            archive.writestr(entry, _laid_out(certificate, assets), zipfile.ZIP_DEFLATED)
    asker_of(job, PERMISSION, session.association)
    return JobResult(content=out.getvalue(), name=f"{slugify(session.title) or 'session'}-certificates.zip")


def request_own(*, registration: Registration, at: datetime) -> Job:
    """Ask for the own certificate, by the personal link of the registration; asking again gives the same file.

    Raises Refused where there is none that counts.
    """
    found = own_certificate(registration)
    if found is None or found.revoked_at is not None:
        raise Refused(_("There is no certificate that counts."))
    with transaction.atomic():
        job = jobs.request_job(
            OWN_KIND,
            by=None,
            at=at,
            args={"certificate": str(found.pk)},
            association_id=found.association_id,
            key=f"{OWN_KIND}:{LAYOUT}:{found.pk}",
            again=True,
        )
        audit.record(
            "training.certificates_requested",
            registration,
            by=None,
            at=at,
            association_id=found.association_id,
            job=str(job.pk),
        )
    return job


def make_own(job: Job, progress: Progress) -> JobResult:
    """Lay a holder's own certificate out: it must count, and the person be known, now and not when it was asked for."""
    found = Certificate.objects.select_related("association", "participant", "issued_by").get(
        pk=job.args["certificate"]
    )
    if found.revoked_at is not None or found.participant.erased_at is not None:
        raise JobCancelled("The certificate counts no more, or its holder's link has ended.")
    progress(0, 1, found.number)
    return JobResult(content=as_pdf(found), name=file_name(found))


def register() -> None:
    """Make the kinds of jobs known to the queue."""
    jobs.register(jobs.Kind(CERTIFICATES_KIND, make))
    jobs.register(jobs.Kind(OWN_KIND, make_own))


def as_pdf(certificate: Certificate) -> bytes:
    """One certificate as a tagged page in the language of its session, with the code that leads to its public page."""
    return _laid_out(certificate, _assets(certificate.association))


def file_name(certificate: Certificate) -> str:
    """A file name that says whose it is, such as 2026-00012-amina-otieno.pdf."""
    return f"{certificate.number}-{slugify(certificate.holder) or 'certificate'}.pdf"


def _laid_out(certificate: Certificate, assets: dict[str, bytes]) -> bytes:
    address = address_of("certificate_public", certificate.code)
    with translation.override(certificate.language):
        html = render_to_string(
            TEMPLATE,
            {
                "certificate": certificate,
                "association": certificate.association,
                "language": certificate.language,
                "rtl": translation.get_language_bidi(),
                "logo": logo_of(assets),
                "address": address,
                "code": in_groups(certificate.code),
            },
        )
        title = _("Certificate %(number)s") % {"number": certificate.number}
    return render_pdf(
        html, title=title, language=certificate.language, assets=assets | {"qr.svg": qr_svg(address)}
    )


def in_groups(code: str) -> str:
    """The code as people type it: in groups of nine signs."""
    return "-".join(code[start : start + 9] for start in range(0, len(code), 9))


def _assets(association: Association) -> dict[str, bytes]:
    return assets_of(association, "certificate.css")
