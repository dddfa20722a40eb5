"""Mails about the right of reply: it opens, it is half over, it ended, a member replied, staff answered."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import people_of, people_of_each, staff_of
from members.services.letters import Letter, letter, tell
from reporting.enums import ReplyKind
from reporting.models import Reply, ReplyWindow, Submission
from spm_portal.common.clocks import clock_of
from spm_portal.common.origin import address_of


def opened(window: ReplyWindow, submissions: Iterable[Submission], *, at: datetime) -> None:
    """Tell the people of each named member that they may look and reply, and until when."""

    def words(submission: Submission) -> Callable[[User], Letter]:
        return lambda _reader: letter(
            _("Look at what “%(round)s” will say about %(institution)s") % _values(window, submission),
            _("%(association)s is about to publish “%(round)s”. Your MFI is named in it.")
            % _values(window, submission),
            "",
            _("You can look at your figures and the text that names you, comment or ask for a correction.")
            + " "
            + _("Nothing is published before %(closes)s, unless all named members have replied earlier.")
            % _values(window, submission),
            "",
            _("Look and reply:\n%(address)s") % _values(window, submission),
        )

    _tell_each(window, submissions, words, purpose="reply.opened", at=at)


def reminded(window: ReplyWindow, submissions: Iterable[Submission], *, at: datetime) -> int:
    """Remind the people of members that have not replied; how many mails were new."""

    def words(submission: Submission) -> Callable[[User], Letter]:
        return lambda _reader: letter(
            _("Half of the time to reply to “%(round)s” is over") % _values(window, submission),
            _("%(institution)s has not replied yet. The time ends at %(closes)s.")
            % _values(window, submission),
            _("If you have nothing to add, say “seen”: then nobody needs to wait for you."),
            "",
            _("Look and reply:\n%(address)s") % _values(window, submission),
        )

    return _tell_each(window, submissions, words, purpose="reply.reminder", at=at)


def closed(window: ReplyWindow, submissions: Iterable[Submission], *, at: datetime) -> int:
    """Tell the named members and the staff that the time for replies ended; how many mails were new."""

    def words(submission: Submission) -> Callable[[User], Letter]:
        return lambda _reader: letter(
            _("The time to reply to “%(round)s” ended") % _values(window, submission),
            _("The time to reply to “%(round)s” ended. %(association)s can publish now.")
            % _values(window, submission),
            *(
                [_("It ended early: %(reason)s") % {"reason": window.ended_reason}]
                if window.ended_reason
                else []
            ),
            "",
            _("What your MFI said is kept here:\n%(address)s") % _values(window, submission),
        )

    def staff_words(_reader: User) -> Letter:
        values = _values(window)
        return letter(
            _("The time to reply to “%(round)s” ended") % values,
            _("Look at the replies, answer what is open, then publish:\n%(address)s") % values,
        )

    new = _tell_each(window, submissions, words, purpose="reply.closed", at=at)
    return new + tell(
        staff_of(window.association_id),
        staff_words,
        purpose="reply.closed.staff",
        about=window.pk,
        at=at,
        association_id=window.association_id,
    )


def replied(reply: Reply, window: ReplyWindow, *, at: datetime) -> None:
    """Tell the staff that a member commented or asked for a correction."""

    def words(_reader: User) -> Letter:
        values = _values(window, reply.submission) | {"address": _board(window)}
        if reply.kind == ReplyKind.CORRECTION:
            subject = _("%(institution)s asks for a correction before “%(round)s” is published")
        else:
            subject = _("%(institution)s comments on “%(round)s”")
        return letter(subject % values, reply.text, "", _("Answer:\n%(address)s") % values)

    tell(
        staff_of(window.association_id),
        words,
        purpose="reply.given",
        about=reply.pk,
        at=at,
        association_id=window.association_id,
    )


def answered(reply: Reply, window: ReplyWindow, *, at: datetime) -> None:
    """Tell the people of the member what staff answered."""

    def words(_reader: User) -> Letter:
        values = _values(window, reply.submission)
        return letter(
            _("%(association)s answered your reply to “%(round)s”") % values,
            reply.answer,
            "",
            _("See it here:\n%(address)s") % values,
        )

    tell(
        people_of(reply.institution_id),
        words,
        purpose="reply.answered",
        about=reply.pk,
        at=at,
        association_id=window.association_id,
    )


def _tell_each(
    window: ReplyWindow,
    submissions: Iterable[Submission],
    words: Callable[[Submission], Callable[[User], Letter]],
    *,
    purpose: str,
    at: datetime,
) -> int:
    rows = list(submissions)
    people = people_of_each(one.institution_id for one in rows)
    return sum(
        tell(
            people[one.institution_id],
            words(one),
            purpose=purpose,
            about=_about(window.pk, one.institution_id),
            at=at,
            association_id=window.association_id,
        )
        for one in rows
    )


def _about(window: UUID, institution: UUID) -> str:
    # short enough for the ledger's key: which window and which member
    return f"{window.hex[:12]}:{institution.hex[:12]}"


def _board(window: ReplyWindow) -> str:
    return address_of("replies", window.round.association.slug, window.round.code)


def _values(window: ReplyWindow, submission: Submission | None = None) -> dict[str, str]:
    association = window.round.association
    values = {
        "association": association.label,
        "round": window.round.name,
        "closes": clock_of(window.closes_at, association.time_zone, weekday=True),
        "address": _board(window),
    }
    if submission is not None:
        values["institution"] = submission.institution.label
        values["address"] = address_of("reply", association.slug, submission.pk)
    return values
