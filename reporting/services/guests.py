"""Links by which somebody without an account answers one section of one return, in the maker's name."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from members.services.letters import Letter, letter, tell_address
from reporting.catalogue import Section
from reporting.enums import AnswerSource
from reporting.models import GuestLink, Submission
from reporting.services.answers import AnswerChange, SaveResult, save_answers
from reporting.services.assignments import asked_section
from reporting.services.flags import shared_return
from spm_portal.common.audit import acting, record
from spm_portal.common.clocks import clock_of
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of, new_token, row_by_key, row_by_token
from spm_portal.common.typed import one_line

DEFAULT_DAYS = 7
MOST_DAYS = 30
MOST_OPEN = 10  # links of one return that live at once
MAX_NAME = 150


class GuestGone(Exception):
    """The link has ended; why is not told to whoever holds it."""


def invite_guest(
    *, submission_id: UUID, section: str, name: str, email: str, days: int, by: User, at: datetime
) -> GuestLink:
    """Make a link to one section and mail it; the token is in the mail alone.

    An older link of the same address to the same section ends. Raises Refused, PermissionDenied for people who may not
    change the return.
    """
    called, address = one_line(name), email.strip().lower()
    _check(called, address, days)
    with transaction.atomic(), acting(by):
        submission = shared_return(submission_id, by=by, at=at)
        if not by.has_perm("reporting.invite_guest", submission):
            raise PermissionDenied
        asked = asked_section(submission, section)
        living = GuestLink.objects.filter(submission=submission, revoked_at__isnull=True, expires_at__gt=at)
        living.filter(section=section, email=address).update(revoked_at=at)
        if living.count() >= MOST_OPEN:
            raise Refused(
                _("%(limit)s links of this return are open. Take one back before you make another.")
                % {"limit": MOST_OPEN}
            )
        token = new_token()
        link: GuestLink = GuestLink.objects.create(
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            section=section,
            name=called,
            email=address,
            token_hash=hash_of(token),
            created_at=at,
            created_by=by,
            expires_at=at + timedelta(days=days),
        )
        record("guest.invite", link, by=by, at=at, association_id=submission.association_id, section=section)
        _send(link, asked, token, at)
    return link


def revoke_guest(*, submission_id: UUID, link_id: UUID, by: User, at: datetime) -> None:
    """End a link; one that has ended changes nothing."""
    with transaction.atomic(), acting(by):
        submission = shared_return(submission_id, by=by, at=at)
        rows = GuestLink.objects.filter(pk=link_id, submission=submission, revoked_at__isnull=True)
        if rows.update(revoked_at=at):
            record(
                "guest.revoke",
                submission,
                by=by,
                at=at,
                association_id=submission.association_id,
                link=str(link_id),
            )


def guest_by_token(token: str, *, at: datetime) -> GuestLink | None:
    """The living link of a token."""
    return _living(row_by_token(GuestLink.objects.select_related("association"), token), at)


def guest_by_key(link_id: UUID, key: str, *, at: datetime) -> GuestLink | None:
    """The living link that a browser opened before; `key` is what it keeps in its signed cookie."""
    return _living(row_by_key(GuestLink.objects.select_related("association"), link_id, key), at)


def save_as_guest(*, link_id: UUID, changes: Iterable[AnswerChange], at: datetime) -> SaveResult:
    """Save a guest's answers to the questions of the link's section, in the maker's name with the guest's beside it.

    Raises GuestGone where the link has ended meanwhile, ValueError for an answer of another section.
    """
    with transaction.atomic():
        locked = GuestLink.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
        link = _living(locked, at)
        if link is None:
            raise GuestGone
        wanted = list(changes)
        section = asked_section(link.submission, link.section)
        codes = {one.code for one in section.indicators}
        if any(change.code not in codes for change in wanted):
            raise ValueError("A guest answers the questions of one section.")
        with pghistory.context(guest=link.name, guest_link=str(link.pk)):
            result = save_answers(
                submission_id=link.submission_id,
                changes=wanted,
                by=link.created_by,
                at=at,
                source=AnswerSource.GUEST,
            )
        if result.saved:
            GuestLink.objects.filter(pk=link.pk).update(last_used_at=at)
            record(
                "guest.answer",
                link,
                by=link.created_by,
                at=at,
                association_id=link.association_id,
                codes=list(result.saved),
            )
    return result


def _living(link: GuestLink | None, at: datetime) -> GuestLink | None:
    """The link, unless it was taken back, ran out, the return was handed in since, or the maker lost the right."""
    if link is None or link.revoked_at is not None or link.expires_at <= at:
        return None
    submission = (
        Submission.objects.select_related("association", "institution", "round__catalogue")
        .defer("round__catalogue__document")
        .with_extension()
        .get(pk=link.submission_id)
    )
    # what was handed in was signed as it stood: a guest of the time before asks anew
    if submission.submitted_at is not None and submission.submitted_at >= link.created_at:
        return None
    submission.as_of = at
    link.submission = submission
    return link if link.created_by.has_perm("reporting.invite_guest", submission) else None


def _check(name: str, email: str, days: int) -> None:
    if not name or len(name) > MAX_NAME:
        raise Refused(
            _("Write the name of your guest, in at most %(limit)s characters.") % {"limit": MAX_NAME}
        )
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("Enter an e-mail address, such as name@example.org.")) from None
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("A link lives from 1 to %(most)s days.") % {"most": MOST_DAYS})


def _send(link: GuestLink, section: Section, token: str, at: datetime) -> None:
    """In the maker's language: nobody knows the guest's."""
    submission = link.submission

    def words() -> Letter:
        values = {
            "guest": link.name,
            "person": str(link.created_by),
            "mfi": submission.institution.label,
            "section": section.title,
            "round": submission.round.name,
            "association": submission.association.label,
            "until": clock_of(link.expires_at, submission.association.time_zone),
        }
        return letter(
            _("%(mfi)s asks you to fill in “%(section)s”") % values,
            _("Hello %(guest)s,") % values,
            "",
            _(
                "%(person)s of %(mfi)s asks you to fill in one section, “%(section)s”, of the return “%(round)s”"
                " to %(association)s. You need no account: open this link."
            )
            % values,
            "",
            address_of("guest_link", token),
            "",
            _("It works until %(until)s and for you alone: please do not pass it on.") % values,
            _("Your answers are saved as you type, and %(person)s sees them.") % values,
        )

    tell_address(
        link.email,
        link.created_by.language,
        words,
        purpose="guest.invited",
        key=f"guest.invite:{link.pk}",
        at=at,
        association_id=submission.association_id,
    )
