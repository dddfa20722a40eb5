"""Mails about certificates: issued, ending soon, revoked; to the holder, and to the people of the member."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import people_of
from members.services.letters import Letter, letter, tell, tell_address
from spm_portal.common.origin import address_of
from training.lifetimes import STEPS, newest_step
from training.models import Certificate, CertificateNotice
from training.selectors.certificates import in_force
from training.services.links import has_living_link
from training.services.person_links import link_of


def issued(made: Iterable[Certificate], *, at: datetime) -> None:
    """Send each holder the address that confirms the certificate, and the own link, where the PDF is."""
    for one in made:
        link = link_of(one.registration) if has_living_link(one.registration, at=at) else ""
        _to_holder(one, "training.certificate_issued", "", _issued_words(one, link), at=at)


def revoked(certificate: Certificate, *, at: datetime) -> None:
    """Tell the holder and the member that a certificate counts no more, and why."""
    values = _values(certificate) | {"reason": certificate.revoke_reason}

    def words(_reader: User | None = None) -> Letter:
        return letter(
            _("Certificate %(number)s was revoked") % values,
            _("%(association)s revoked the certificate %(number)s of %(holder)s (%(course)s).") % values,
            _("Reason: %(reason)s") % values,
            "",
            _("Ask %(association)s if you think that this is a mistake.") % values,
        )

    _to_holder(certificate, "training.certificate_revoked", "", words, at=at)
    _to_member(certificate, "training.certificate_revoked", "", words, at=at)


def send_due(*, at: datetime) -> int:
    """Tell of certificates that end in 90, 60, 30 or 7 days; how many were told of.

    Run as often as wanted: each step is a row of its own, written with its mails. After an outage only the newest
    missed step is sent.
    """
    horizon = (at + timedelta(days=STEPS[0] + 1)).date()
    ending = in_force(((at - timedelta(days=1)).date(), horizon))
    return sum(_remind(one, at) for one in ending.order_by("expires_on", "pk"))


def _remind(certificate: Certificate, at: datetime) -> bool:
    today = at.astimezone(ZoneInfo(certificate.association.time_zone)).date()
    if certificate.expires_on is None:
        return False
    step = newest_step(certificate.expires_on, today=today, issued_on=certificate.issued_on)
    if step is None:
        return False
    with transaction.atomic():
        _notice, new = CertificateNotice.objects.get_or_create(
            certificate=certificate,
            days=step,
            defaults={"association_id": certificate.association_id, "at": at},
        )
        if new:
            words = _ending_words(certificate, certificate.expires_on)
            _to_holder(certificate, "training.certificate_ends", str(step), words, at=at)
            _to_member(certificate, "training.certificate_ends", str(step), words, at=at)
    return new


def _issued_words(certificate: Certificate, link: str) -> Callable[[], Letter]:
    """`link` opens the holder's own page; empty where it has ended, as with a renewal years later."""
    values = _values(certificate)

    def where() -> list[str]:
        if link:
            return [_("Get it as a PDF on your own page (the link is yours alone):"), link]
        if certificate.institution_id:
            return [_("Your MFI has the certificate as a PDF on the page of its people.")]
        return [_("Ask %(association)s for the PDF.") % values]

    def words() -> Letter:
        return letter(
            _("Your certificate: %(course)s") % values,
            _("Hello %(holder)s,") % values,
            "",
            _("%(association)s issued the certificate %(number)s to you: %(course)s.") % values,
            "",
            *where(),
            "",
            _("Everybody can confirm it here, or by the square code printed on it:"),
            address_of("certificate_public", certificate.code),
        )

    return words


def _ending_words(certificate: Certificate, ends: date) -> Callable[..., Letter]:
    values = _values(certificate)

    def words(_reader: User | None = None) -> Letter:
        told = values | {"day": date_format(ends, "DATE_FORMAT")}
        return letter(
            _("A certificate ends on %(day)s: %(course)s") % told,
            _("The certificate %(number)s of %(holder)s (%(course)s) ends on %(day)s.") % told,
            "",
            _("%(association)s renews it, for instance after a refresher course. Please ask in time.") % told,
            address_of("certificate_public", certificate.code),
        )

    return words


def _values(certificate: Certificate) -> dict[str, str]:
    return {
        "number": certificate.number,
        "holder": certificate.holder,
        "course": certificate.course_title,
        "association": certificate.association.label,
    }


def _to_holder(
    certificate: Certificate, purpose: str, about: str, words: Callable[[], Letter], *, at: datetime
) -> None:
    """In the language of the session: nobody knows the holder's own."""
    if certificate.participant.erased_at is None:
        tell_address(
            certificate.participant.email,
            certificate.language,
            words,
            purpose=purpose,
            key=f"{purpose}:{certificate.pk}:{about}",
            at=at,
            association_id=certificate.association_id,
        )


def _to_member(
    certificate: Certificate, purpose: str, about: str, words: Callable[[User], Letter], *, at: datetime
) -> None:
    if certificate.institution_id is not None:
        tell(
            people_of(certificate.institution_id),
            words,
            purpose=purpose,
            about=f"{certificate.pk}:{about}",
            at=at,
            association_id=certificate.association_id,
        )
