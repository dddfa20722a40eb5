"""Every permission of the reporting app; each docstring states the rule as a coordinator would say it."""

from typing import Any

import rules
from django.utils import timezone

from members.access import access_of
from members.rules import is_manager, is_staff, reads_for, reads_for_donor_of, works_for_member
from reporting import states
from reporting.enums import Move, ReturnState
from reporting.models import PaperEntry, Release, Round, Submission


@rules.predicate
def staff_of_owner(user: Any, obj: Any = None) -> bool:
    """Works in the association that this round, return or release belongs to."""
    owned = isinstance(obj, Round | Submission | Release)
    return owned and obj.association_id in access_of(user).staff_of


@rules.predicate
def manager_of_owner(user: Any, obj: Any = None) -> bool:
    """Manages the association that this round, return or release belongs to."""
    owned = isinstance(obj, Round | Submission | Release)
    return owned and obj.association_id in access_of(user).manages


@rules.predicate
def works_for_respondent(user: Any, obj: Any = None) -> bool:
    """Works for the MFI whose return this is."""
    return isinstance(obj, Submission) and obj.institution_id in access_of(user).works_for


@rules.predicate
def signs_for_respondent(user: Any, obj: Any = None) -> bool:
    """Is a signatory of the MFI whose return this is."""
    return isinstance(obj, Submission) and obj.institution_id in access_of(user).signs


@rules.predicate
def with_the_mfi(user: Any, obj: Any = None) -> bool:
    """The MFI holds the return: it is a draft or was sent back, the round is open, and no deadline has locked it."""
    return (
        isinstance(obj, Submission)
        and obj.is_editable
        and obj.round.is_open
        and not obj.is_locked(obj.as_of or timezone.now())
    )


@rules.predicate
def with_the_staff(user: Any, obj: Any = None) -> bool:
    """The association's staff hold the return."""
    return isinstance(obj, Submission) and obj.state in {
        ReturnState.SUBMITTED,
        ReturnState.RESUBMITTED,
        ReturnState.IN_REVIEW,
    }


@rules.predicate
def keys_from_paper(user: Any, obj: Any = None) -> bool:
    """Began to key this return from paper, as staff of its association, and has not finished."""
    return (
        isinstance(obj, Submission)
        and PaperEntry.objects.filter(submission=obj, opened_by=user, closed_at__isnull=True).exists()
    )


@rules.predicate
def is_approved(user: Any, obj: Any = None) -> bool:
    """The return is approved."""
    return isinstance(obj, Submission) and obj.state == ReturnState.APPROVED


@rules.predicate
def review_has_begun(user: Any, obj: Any = None) -> bool:
    """Staff review the return or have approved it, so that its MFI changes nothing meanwhile."""
    return isinstance(obj, Submission) and obj.state in {ReturnState.IN_REVIEW, ReturnState.APPROVED}


@rules.predicate
def under_question(user: Any, obj: Any = None) -> bool:
    """The return was submitted and is not approved: its figures may be asked about."""
    return isinstance(obj, Submission) and obj.state not in {ReturnState.DRAFT, ReturnState.APPROVED}


@rules.predicate
def member_reads_release(user: Any, obj: Any = None) -> bool:
    """Works for an MFI that is a member, today, of the association that published this."""
    return isinstance(obj, Release) and obj.association_id in access_of(user).member_in


@rules.predicate
def donor_reads_release(user: Any, obj: Any = None) -> bool:
    """Reads for a donor with whom the association that published this shares today."""
    return isinstance(obj, Release) and obj.association_id in access_of(user).donor_in


rules.add_perm("reporting.view_catalogue", is_staff | works_for_member | reads_for_donor_of)
rules.add_perm("reporting.edit_guidance", is_staff)
rules.add_perm("reporting.set_rules", is_manager)
rules.add_perm("reporting.view_rule_counts", is_staff)
rules.add_perm("reporting.view_rounds", is_staff | works_for_member)
rules.add_perm("reporting.view_board", staff_of_owner)
rules.add_perm("reporting.open_round", is_manager)
rules.add_perm("reporting.manage_round", manager_of_owner)
rules.add_perm("reporting.remind_members", staff_of_owner)
rules.add_perm("reporting.extend_deadline", manager_of_owner)
rules.add_perm("reporting.view_return", staff_of_owner | works_for_respondent)
rules.add_perm(
    "reporting.edit_return", (works_for_respondent | (staff_of_owner & keys_from_paper)) & with_the_mfi
)
rules.add_perm("reporting.view_member_report", (staff_of_owner | works_for_respondent) & is_approved)
rules.add_perm("reporting.key_paper_return", staff_of_owner & with_the_mfi)
rules.add_perm("reporting.cite_evidence", works_for_respondent & with_the_mfi)
rules.add_perm("reporting.view_team", works_for_respondent)
rules.add_perm("reporting.share_work", works_for_respondent & with_the_mfi)
rules.add_perm("reporting.invite_guest", works_for_respondent & with_the_mfi)
rules.add_perm("reporting.submit_return", signs_for_respondent & with_the_mfi)
rules.add_perm("reporting.review_return", staff_of_owner & with_the_staff)
rules.add_perm("reporting.verify_answers", staff_of_owner & review_has_begun)
rules.add_perm("reporting.reopen_return", manager_of_owner & is_approved)
rules.add_perm("reporting.view_evidence", works_for_member)
rules.add_perm("reporting.view_questions", is_staff | works_for_member)
rules.add_perm("reporting.ask_question", staff_of_owner & under_question)
rules.add_perm("reporting.answer_question", works_for_respondent & under_question)
rules.add_perm("reporting.resolve_question", staff_of_owner)
rules.add_perm("reporting.assign_question", (staff_of_owner | works_for_respondent) & under_question)
rules.add_perm("reporting.view_sharing", is_staff | works_for_member)
rules.add_perm("reporting.read_consented_values", reads_for)
rules.add_perm("reporting.read_network_values", is_staff | works_for_member)
rules.add_perm("reporting.view_releases", is_staff | works_for_member | reads_for_donor_of)
rules.add_perm("reporting.view_release", staff_of_owner | member_reads_release | donor_reads_release)
rules.add_perm("reporting.publish_release", manager_of_owner)
rules.add_perm("reporting.manage_peer_groups", is_staff)
rules.add_perm("reporting.view_replies", staff_of_owner)
rules.add_perm("reporting.hear_members", manager_of_owner)
rules.add_perm("reporting.reply", signs_for_respondent)
rules.add_perm("reporting.answer_reply", staff_of_owner)
rules.add_perm("reporting.check_edition", staff_of_owner)
rules.add_perm("reporting.request_report", staff_of_owner)
rules.add_perm("reporting.edit_report", staff_of_owner)

PERMISSION_OF_MOVE: dict[Move, str] = {
    Move.SUBMIT: "reporting.submit_return",
    Move.SIGN: "reporting.submit_return",
    Move.START_REVIEW: "reporting.review_return",
    Move.SEND_BACK: "reporting.review_return",
    Move.APPROVE: "reporting.review_return",
    Move.REOPEN: "reporting.reopen_return",
}


def moves_of(user: Any, submission: Submission) -> tuple[Move, ...]:
    """The moves that this person may make with this return now."""
    return tuple(
        move
        for move in states.moves_from(ReturnState(submission.state))
        if user.has_perm(PERMISSION_OF_MOVE[move], submission)
    )
