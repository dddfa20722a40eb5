"""Reads of certificates: how each stands today, lists for staff and members, and the one behind a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from members.models import Association, User
from spm_portal.common.models import Job
from training.lifetimes import STEPS
from training.models import Certificate, Registration, TrainingSession

CERTIFICATES_KIND = "training_certificates"
OWN_KIND = "training_own_certificate"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stands on a day: a code for its look, and the words."""

    code: str
    words: str


def standing_of(certificate: Certificate, today: date) -> Standing:
    """Valid, ending soon, ended, renewed or revoked; `is_renewed` is read where the query annotated it."""
    if certificate.revoked_at is not None:
        return Standing("revoked", pgettext("certificate", "Revoked"))
    if getattr(certificate, "is_renewed", False):
        return Standing("renewed", pgettext("certificate", "Renewed by a newer one"))
    if certificate.expires_on is None:
        return Standing("valid", pgettext("certificate", "Valid without end"))
    left = (certificate.expires_on - today).days
    if left < 0:
        return Standing("expired", pgettext("certificate", "Expired"))
    if left <= STEPS[0]:
        return Standing("ending", _("Ends in %(days)s days") % {"days": left})
    return Standing("valid", pgettext("certificate", "Valid"))


def _renewal() -> Exists:
    """That another certificate has taken the place of this one."""
    return Exists(Certificate.objects.filter(renews=OuterRef("pk"), revoked_at__isnull=True))


def with_renewals(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """The rows with `is_renewed`: whether a certificate that was not revoked has taken their place."""
    return rows.annotate(is_renewed=_renewal())


def in_force(ends: tuple[date, date]) -> QuerySet[Certificate]:
    """Certificates that end between two days, neither revoked nor renewed, with all that a mail about them says."""
    return Certificate.objects.filter(
        ~_renewal(), revoked_at__isnull=True, expires_on__range=ends
    ).select_related("association", "institution", "participant")


def certificates_of(
    association: Association, user: User, *, standing: str = "", words: str = "", today: date
) -> QuerySet[Certificate]:
    """Certificates that the person may see in this association, those that end first at the top."""
    rows = with_renewals(
        Certificate.objects.visible_to(user).filter(association=association)  # type: ignore[arg-type]
    ).select_related("institution", "course", "participant")
    if words:
        rows = rows.filter(
            Q(holder__icontains=words) | Q(number__icontains=words) | Q(course_title__icontains=words)
        )
    return rows.filter(_condition(standing, today)).order_by("expires_on", "holder", "pk")


def _condition(standing: str, today: date) -> Q:
    live = Q(revoked_at__isnull=True, is_renewed=False)
    if standing in {str(step) for step in STEPS}:
        return live & Q(expires_on__range=(today, today + timedelta(days=int(standing))))
    return {
        "valid": live & (Q(expires_on__isnull=True) | Q(expires_on__gte=today)),
        "expired": live & Q(expires_on__lt=today),
        "revoked": Q(revoked_at__isnull=False),
    }.get(standing, Q())


def radar(association: Association, user: User, today: date) -> list[tuple[str, int]]:
    """How many certificates end within 90, 60, 30 and 7 days, and how many have ended; one query."""
    rows = with_renewals(Certificate.objects.visible_to(user).filter(association=association))  # type: ignore[arg-type]
    names = [*(str(step) for step in STEPS), "expired"]
    counts = rows.aggregate(**{f"n{name}": Count("pk", filter=_condition(name, today)) for name in names})
    return [(name, counts[f"n{name}"]) for name in names]


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate that a QR code or a typed code names; capitals, blanks and hyphens do not matter."""
    tidy = "".join(sign for sign in code.lower() if sign.isalnum())
    rows = with_renewals(Certificate.objects.select_related("association"))
    return rows.filter(code=tidy).first() if tidy else None


def file_jobs(session: TrainingSession) -> QuerySet[Job]:
    """The files of all certificates of a session, the newest first."""
    return Job.objects.filter(
        kind=CERTIFICATES_KIND, association_id=session.association_id, args__session=str(session.pk)
    ).order_by("-created_at", "-pk")


def of_session(session: TrainingSession) -> Sequence[Certificate]:
    """Certificates of a session that count, by name."""
    return list(
        Certificate.objects.filter(session=session, revoked_at__isnull=True)
        .select_related("association", "issued_by")
        .order_by("holder", "pk")
    )


def own_certificate(registration: Registration) -> Certificate | None:
    """The newest certificate of a registration that counts, or the newest that was revoked; with `is_renewed`."""
    rows = with_renewals(Certificate.objects.filter(registration=registration))
    newest_first = rows.select_related("association").order_by(
        F("revoked_at").desc(nulls_first=True), "-issued_on", "-number"
    )
    return newest_first.first()


def own_file_jobs(certificate: Certificate) -> QuerySet[Job]:
    """The files of one certificate that its holder asked for."""
    return Job.objects.filter(
        kind=OWN_KIND, association_id=certificate.association_id, args__certificate=str(certificate.pk)
    )
