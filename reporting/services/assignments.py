"""Giving sections of a return to colleagues: it asks and shows, it locks nobody out."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from members.services.letters import Letter, letter, tell
from reporting.catalogue import Section
from reporting.models import SectionAssignment, Submission
from reporting.selectors.returns import load_sheet
from reporting.selectors.team import colleagues_of
from reporting.services.flags import shared_return
from spm_portal.common.audit import acting, record
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line

MAX_NOTE = 300


def give(
    *, submission_id: UUID, section: str, assignee_id: UUID | None, note: str, by: User, at: datetime
) -> SectionAssignment:
    """Ask a colleague of the MFI to answer a section, and tell them by mail; somebody else's is given on.

    The same again writes and sends nothing; to oneself nothing is sent. Raises Refused for a section that the round
    does not ask and for people who do not work for the MFI.
    """
    words = one_line(note)
    if len(words) > MAX_NOTE:
        raise Refused(
            _("The note has %(count)s characters, more than %(limit)s. Shorten it.")
            % {"count": len(words), "limit": MAX_NOTE}
        )
    with transaction.atomic(), acting(by):
        submission = shared_return(submission_id, by=by, at=at)
        asked = asked_section(submission, section)
        assignee = next((one for one in colleagues_of(submission) if one.pk == assignee_id), None)
        if assignee is None:
            raise Refused(_("Choose somebody who works for your MFI."))
        given = SectionAssignment.objects.filter(submission=submission, section=section).first()
        if given and given.assignee_id == assignee.pk and given.note == words and given.done_at is None:
            return given
        if given is None:
            given = SectionAssignment(
                association_id=submission.association_id,
                institution_id=submission.institution_id,
                submission=submission,
                section=section,
            )
        given.assignee, given.note = assignee, words
        given.assigned_at, given.assigned_by, given.done_at = at, by, None
        given.save()
        _record("section.give", submission, section, by, at, assignee=str(assignee.pk))
        if assignee.pk != by.pk:
            _tell(given, asked, at)
    return given


def finish(*, submission_id: UUID, section: str, by: User, at: datetime) -> None:
    """Mark a given section as done; done already, or not given, changes nothing."""
    _mark(submission_id, section, by, at, done=True)


def resume(*, submission_id: UUID, section: str, by: User, at: datetime) -> None:
    """Take the mark "done" away."""
    _mark(submission_id, section, by, at, done=False)


def take_back(*, submission_id: UUID, section: str, by: User, at: datetime) -> None:
    """Give a section back to everybody; one that is not given changes nothing."""
    with transaction.atomic(), acting(by):
        submission = shared_return(submission_id, by=by, at=at)
        gone, _rows = SectionAssignment.objects.filter(submission=submission, section=section).delete()
        if gone:
            _record("section.take_back", submission, section, by, at)


def asked_section(submission: Submission, code: str) -> Section:
    """The section, if the round asks it; raises Refused."""
    sections = load_sheet(submission).sections
    found = next((one for one in sections if one.code == code), None)
    if found is None:
        raise Refused(_("Choose a section of this return."))
    return found


def _mark(submission_id: UUID, section: str, by: User, at: datetime, *, done: bool) -> None:
    with transaction.atomic(), acting(by):
        submission = shared_return(submission_id, by=by, at=at)
        rows = SectionAssignment.objects.filter(submission=submission, section=section, done_at__isnull=done)
        if rows.update(done_at=at if done else None):
            _record("section.finish" if done else "section.resume", submission, section, by, at)


def _record(verb: str, submission: Submission, section: str, by: User, at: datetime, **data: str) -> None:
    record(verb, submission, by=by, at=at, association_id=submission.association_id, section=section, **data)


def _tell(given: SectionAssignment, section: Section, at: datetime) -> None:
    submission = given.submission

    def words(_reader: User) -> Letter:
        values = {
            "person": str(given.assigned_by),
            "section": f"{section.number}. {section.title}",
            "round": submission.round.name,
            "mfi": submission.institution.label,
        }
        return letter(
            _("%(mfi)s: the section “%(section)s” is yours") % values,
            _(
                "%(person)s asks you to answer the section “%(section)s” of the return “%(round)s” for %(mfi)s."
            )
            % values,
            *(["", given.note] if given.note else []),
            "",
            address_of("return_section", submission.association.slug, submission.pk, section.code),
        )

    tell(
        [given.assignee],
        words,
        purpose="section.given",
        about=f"{given.pk}:{at.isoformat()}",
        at=at,
        association_id=submission.association_id,
    )
