"""Mails about rounds and returns: who is told what, each in their own language, each at most once."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import people_of, people_of_each, staff_of
from members.services.letters import Letter, letter, tell
from reporting.enums import Move, ReturnState
from reporting.models import Round, Submission, Transition
from spm_portal.common.clocks import clock_of
from spm_portal.common.origin import address_of


def moved(submission: Submission, transition: Transition, *, receipt: str, at: datetime) -> None:
    """Tell both sides of a move: everybody who works on this return at the MFI and at the association."""
    people = people_of(submission.institution_id)
    mfi = {user.pk for user in people}
    # a first signature concerns the MFI alone
    staff = staff_of(submission.association_id) if transition.move != Move.SIGN else []
    told = [*people, *(user for user in staff if user.pk not in mfi)]

    def words(reader: User) -> Letter:
        is_member = reader.pk in mfi
        page = "return" if is_member else "return_review"
        subject, text = _words(submission, transition, receipt, for_member=is_member)
        if is_member and transition.move in (Move.SEND_BACK, Move.REOPEN) and submission.due.at > at:
            text += " " + _("Please do it by %(due)s.") % {
                "due": clock_of(submission.due.at, submission.association.time_zone)
            }
        comment = ["", _("Comment:"), transition.comment] if transition.comment else []
        address = address_of(page, submission.association.slug, submission.pk)
        return letter(subject, text, *comment, "", _("Open the return:"), address)

    tell(
        sorted(told, key=lambda user: user.email),
        words,
        purpose=f"return.{transition.move}",
        about=transition.pk,
        at=at,
        association_id=submission.association_id,
    )


def round_opened(opened: Round, submissions: Sequence[Submission], *, at: datetime) -> None:
    """Tell the people of each invited member that a round is open and by when it asks for their return."""
    people = people_of_each(submission.institution_id for submission in submissions)
    for submission in submissions:
        tell(
            people[submission.institution_id],
            partial(_opened_words, opened, submission),
            purpose="round.opened",
            about=submission.pk,
            at=at,
            association_id=opened.association_id,
        )


def _opened_words(opened: Round, submission: Submission, _reader: User) -> Letter:
    values = _round_values(opened, submission)
    return letter(
        _("%(association)s: the round “%(round)s” is open") % values,
        _(
            "%(association)s asks %(mfi)s for its return “%(round)s”.\n"
            "It is due on %(due)s.\n\n"
            "Open the return:\n%(address)s"
        )
        % values,
    )


def due_changed(changed: Round, *, at: datetime) -> None:
    """Tell the people of the members who hold their return that it is due at another moment."""
    held = Submission.objects.filter(round=changed, state__in=[ReturnState.DRAFT, ReturnState.RETURNED])
    submissions = list(held.select_related("institution"))
    people = people_of_each(submission.institution_id for submission in submissions)
    for submission in submissions:
        tell(
            people[submission.institution_id],
            partial(_due_words, changed, submission),
            purpose="round.due_changed",
            about=f"{submission.pk}:{changed.due_at.isoformat()}",
            at=at,
            association_id=changed.association_id,
        )


def _due_words(changed: Round, submission: Submission, _reader: User) -> Letter:
    values = _round_values(changed, submission)
    return letter(
        _("%(association)s: “%(round)s” is now due on %(due)s") % values,
        _("The return of %(mfi)s for “%(round)s” is now due on %(due)s.\n\nOpen the return:\n%(address)s")
        % values,
    )


def _round_values(opened: Round, submission: Submission) -> dict[str, str]:
    return {
        "association": opened.association.label,
        "round": opened.name,
        "mfi": submission.institution.label,
        "due": clock_of(submission.due.at, opened.association.time_zone),
        "address": address_of("return", opened.association.slug, submission.pk),
    }


def _words(
    submission: Submission, transition: Transition, receipt: str, *, for_member: bool
) -> tuple[str, str]:
    """Subject and first line about a move, in the language that is active; only the MFI is told what to do."""
    values = {
        "mfi": submission.institution.label,
        "round": submission.round.name,
        "association": submission.association.label,
        "person": str(transition.by or ""),
        "receipt": receipt,
    }
    if transition.move == Move.SUBMIT:
        if transition.to_state == ReturnState.RESUBMITTED:
            return (
                _("%(mfi)s: return “%(round)s” resubmitted (%(receipt)s)") % values,
                _("%(person)s resubmitted the return of %(mfi)s to %(association)s. Receipt: %(receipt)s.")
                % values,
            )
        return (
            _("%(mfi)s: return “%(round)s” submitted (%(receipt)s)") % values,
            _("%(person)s submitted the return of %(mfi)s to %(association)s. Receipt: %(receipt)s.")
            % values,
        )
    if transition.move == Move.SIGN:
        return (
            _("%(mfi)s: a second signature is needed for “%(round)s”") % values,
            _(
                "%(person)s signed the return of %(mfi)s. Another signatory of the MFI now checks and signs it."
            )
            % values,
        )
    if transition.move == Move.START_REVIEW:
        return (
            _("%(mfi)s: return “%(round)s” is in review") % values,
            _("%(association)s has started to review the return of %(mfi)s.") % values,
        )
    if transition.move == Move.SEND_BACK:
        if not for_member:
            return (
                _("%(mfi)s: return “%(round)s” sent back") % values,
                _("%(association)s sent the return of %(mfi)s back with questions.") % values,
            )
        return (
            _("%(mfi)s: please correct the return “%(round)s”") % values,
            _(
                "%(association)s sent the return of %(mfi)s back with questions. Answer them, correct what is wrong "
                "and submit it again."
            )
            % values,
        )
    if transition.move == Move.APPROVE:
        return (
            _("%(mfi)s: return “%(round)s” approved") % values,
            _("%(association)s approved the return of %(mfi)s. Thank you.") % values,
        )
    if not for_member:
        return (
            _("%(mfi)s: return “%(round)s” re-opened") % values,
            _("%(association)s re-opened the approved return of %(mfi)s.") % values,
        )
    return (
        _("%(mfi)s: return “%(round)s” re-opened") % values,
        _("%(association)s re-opened the approved return of %(mfi)s. Correct it and submit it again.")
        % values,
    )
