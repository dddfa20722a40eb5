"""Certificates: issuing them to those who passed, renewing, revoking."""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Association, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.enums import SessionState
from training.lifetimes import STEPS, months_later
from training.models import Certificate, TrainingSession
from training.selectors.passing import Candidate, passing
from training.services import certificate_notices

# 26 letters and digits without those that look alike: 128 bits in what people can still type
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 27


def issue(
    *, session_id: UUID, registration_ids: Collection[UUID], by: User, at: datetime
) -> list[Certificate]:
    """Give certificates to people who passed a session that was held; whoever has one already keeps that one.

    Raises PermissionDenied, and Refused where nobody is chosen, the session was not closed as held, its course gives
    none, or somebody chosen did not pass. Nobody gets one then.
    """
    with transaction.atomic(), audit.acting(by):
        session = TrainingSession.objects.select_related("association", "course").get(pk=session_id)
        permit(by, "training.issue_certificates", session.association)
        # one at a time in an association: numbers follow one another, and nobody gets two
        Association.objects.select_for_update(no_key=True).get(pk=session.association_id)
        chosen = _chosen(session, registration_ids)
        made = _write(session, [one for one in chosen if one.certificate is None], by, at)
        for certificate in made:
            audit.record(
                "training.certificate_issued",
                certificate,
                by=by,
                at=at,
                association_id=session.association_id,
                number=certificate.number,
            )
        certificate_notices.issued(made, at=at)
    return made


def _chosen(session: TrainingSession, registration_ids: Collection[UUID]) -> list[Candidate]:
    if session.state != SessionState.HELD:
        raise Refused(_("Close the session as held first: attendance may still change."))
    if not session.course.gives_certificate:
        raise Refused(_("This course gives no certificate. Staff can change that on the page of the course."))
    wanted = set(registration_ids)
    chosen = [one for one in passing(session) if one.registration.pk in wanted]
    if not chosen or len(chosen) != len(wanted):
        raise Refused(_("Choose people who had a seat in this session."))
    failed = [one.registration.participant.name for one in chosen if not one.passed]
    if failed:
        raise Refused(
            ngettext(
                "%(names)s did not pass, so that nobody got a certificate. Take the name out and try again.",
                "%(names)s did not pass, so that nobody got a certificate. Take the names out and try again.",
                len(failed),
            )
            % {"names": ", ".join(failed)}
        )
    return chosen


def _write(session: TrainingSession, chosen: list[Candidate], by: User, at: datetime) -> list[Certificate]:
    zone = ZoneInfo(session.time_zone)
    today = at.astimezone(ZoneInfo(session.association.time_zone)).date()
    course = session.course
    months = course.certificate_months
    return Certificate.objects.bulk_create(
        Certificate(
            association=session.association,
            institution_id=one.registration.institution_id,
            participant=one.registration.participant,
            course=course,
            session=session,
            registration=one.registration,
            number=number,
            code=new_code(),
            holder=one.registration.participant.name,
            course_title=course.title,
            hours=course.hours,
            held_from=session.starts_at.astimezone(zone).date(),
            held_until=session.ends_at.astimezone(zone).date(),
            language=session.language,
            issued_on=today,
            expires_on=months_later(today, months) if months else None,
            issued_by=by,
        )
        for one, number in zip(chosen, _numbers(session.association, today.year, len(chosen)), strict=True)
    )


def renew(*, certificate_ids: Collection[UUID], ground: str, by: User, at: datetime) -> list[Certificate]:
    """Renew certificates that end soon or have ended, for as long as their course says; `ground` says why.

    Raises PermissionDenied, and Refused where one cannot be renewed or no ground is given. None is renewed then.
    """
    why = one_line(ground)
    if not why:
        raise Refused(_("Say on what ground they are renewed, such as a refresher course."))
    with transaction.atomic(), audit.acting(by, reason=why):
        old = list(
            Certificate.objects.select_for_update(of=("self",), no_key=True)
            .select_related("association", "course")
            .filter(pk__in=set(certificate_ids))
            .order_by("holder", "pk")
        )
        if not old or len(old) != len(set(certificate_ids)):
            raise Refused(_("Choose the certificates to renew."))
        for association in {one.association for one in old}:
            permit(by, "training.issue_certificates", association)
            Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        made = [_renewed(one, why, by, at) for one in old]
        certificate_notices.issued(made, at=at)
    return made


def _renewed(old: Certificate, why: str, by: User, at: datetime) -> Certificate:
    today = at.astimezone(ZoneInfo(old.association.time_zone)).date()
    months = old.course.certificate_months
    if old.revoked_at is not None:
        raise Refused(_("%(number)s was revoked: it cannot be renewed.") % {"number": old.number})
    if old.expires_on is None or months is None:
        raise Refused(_("%(number)s does not end: there is nothing to renew.") % {"number": old.number})
    if (old.expires_on - today).days > STEPS[0]:
        raise Refused(
            _("%(number)s does not end within %(days)s days: it is too early to renew it.")
            % {"number": old.number, "days": STEPS[0]}
        )
    if old.renewals.filter(revoked_at__isnull=True).exists():
        raise Refused(_("%(number)s was renewed already.") % {"number": old.number})
    [number] = _numbers(old.association, today.year, 1)
    kept = {
        field: getattr(old, field)
        for field in (
            *("association", "institution", "participant", "course", "session", "registration"),
            *("holder", "course_title", "hours", "held_from", "held_until", "language"),
        )
    }
    made: Certificate = Certificate.objects.create(
        **kept,
        number=number,
        code=new_code(),
        issued_on=today,
        expires_on=months_later(max(today, old.expires_on), months),
        issued_by=by,
        renews=old,
    )
    audit.record(
        "training.certificate_renewed",
        made,
        by=by,
        at=at,
        association_id=old.association_id,
        reason=why,
        renews=old.number,
        number=number,
    )
    return made


def revoke(*, certificate_id: UUID, reason: str, by: User, at: datetime) -> Certificate:
    """Take a certificate back; its public page says so from now on. Doing it twice changes nothing.

    Raises PermissionDenied, and Refused without a reason.
    """
    why = one_line(reason)
    with transaction.atomic(), audit.acting(by, reason=why):
        found = (
            Certificate.objects.select_for_update(of=("self",), no_key=True)
            .select_related("association")
            .get(pk=certificate_id)
        )
        permit(by, "training.revoke_certificate", found)
        if not why:
            raise Refused(_("Say why the certificate is revoked: the holder and the member are told."))
        if found.revoked_at is None:
            found.revoked_at, found.revoked_by, found.revoke_reason = at, by, why[:300]
            found.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
            audit.record(
                "training.certificate_revoked",
                found,
                by=by,
                at=at,
                association_id=found.association_id,
                reason=why,
                number=found.number,
            )
            certificate_notices.revoked(found, at=at)
    return found


def new_code() -> str:
    """A code that nobody can guess and that can be read out."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


def _numbers(association: Association, year: int, count: int) -> list[str]:
    """The next numbers of the association in a year; the association's row is locked meanwhile."""
    used = Certificate.objects.filter(association=association, number__startswith=f"{year}-")
    last = max((int(number.split("-")[1]) for number in used.values_list("number", flat=True)), default=0)
    return [f"{year}-{last + place:05d}" for place in range(1, count + 1)]
